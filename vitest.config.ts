import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { outsideService } from './worker/testing/outside-service.ts'
import { TEST_BINDINGS } from './worker/testing/test-bindings.ts'

/**
 * One suite, six rooms. A test's file name says what it needs:
 * `*.test.ts` nothing, `*.postgres.test.ts` a real PostgreSQL, `*.linux.test.ts` a Linux kernel to
 * confine with, `*.e2e.test.ts` the whole line. Tests of gateway/ run in Node and in workerd,
 * those of worker/ in a workerd of their own each.
 */
const special = ['**/*.postgres.test.ts', '**/*.linux.test.ts', '**/*.e2e.test.ts']

/** Takes minutes, and every core there is: `npm run chaos`. */
const withChaos = process.env['MCPBOX_TEST_CHAOS'] !== undefined

const inWorkerd = () =>
  cloudflareTest({
    remoteBindings: false,
    wrangler: { configPath: './wrangler.toml' },
    miniflare: {
      bindings: TEST_BINDINGS,
      kvNamespaces: ['OAUTH_KV'],
      outboundService: outsideService(),
    },
  })

export default defineConfig({
  test: {
    // The Worker logs each request; a test that fails shows what it logged.
    silent: 'passed-only',
    projects: [
      {
        test: {
          name: 'node',
          include: ['{contract,gateway,origin,scripts,test}/**/*.test.ts'],
          exclude: special,
          // What the files import is read once, which halves the time; no test changes what is global.
          isolate: false,
        },
      },
      {
        test: {
          name: 'postgres',
          include: ['origin/**/*.postgres.test.ts'],
          isolate: false,
          globalSetup: 'test/postgres-setup.ts',
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'sandbox',
          include: ['origin/sandbox/**/*.linux.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        plugins: [inWorkerd()],
        test: {
          name: 'workerd',
          include: ['gateway/**/*.test.ts'],
          // As with `node`.
          isolate: false,
          testTimeout: 30_000,
        },
      },
      {
        plugins: [inWorkerd()],
        test: {
          name: 'worker',
          include: ['worker/**/*.test.ts'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/**/*.e2e.test.ts'],
          exclude: withChaos ? [] : ['test/chaos.e2e.test.ts'],
          globalSetup: 'test/postgres-setup.ts',
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          // Of tests that wait, and do little else.
          maxConcurrency: 50,
        },
      },
    ],
  },
})

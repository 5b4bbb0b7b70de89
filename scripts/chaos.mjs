import { ensureInstalled, root, run } from './bootstrap.mjs'

/** `npm run chaos`: two hundred clients talk while everything on the way breaks. Takes minutes. */
ensureInstalled({ dev: true })
const vitest = `${root}node_modules/vitest/vitest.mjs`
process.exitCode = run([vitest, 'run', '--project', 'e2e', 'test/chaos.e2e.test.ts'], {
  WRANGLER_SEND_METRICS: 'false',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  DO_NOT_TRACK: '1',
  MCPBOX_TEST_CHAOS: '1',
})

import { expect, it } from 'vitest'
import { readConfig } from './config.ts'

const SANDBOX_API_KEY = 'k'.repeat(32)

it('needs a key and nothing else', () => {
  expect(readConfig({ SANDBOX_API_KEY })).toEqual({
    apiKey: SANDBOX_API_KEY,
    host: '127.0.0.1',
    port: 8001,
    maxRuns: 64,
    exitWithParent: false,
    controlGroup: null,
    python: null,
    minimum: 'S2',
    moduleSets: expect.stringMatching(/^\/.*\/module-sets$/) as string,
    advisories: 'https://api.osv.dev',
  })
})

it.each([
  [{}, 'SANDBOX_API_KEY is not set; give it a secret of at least 32 characters'],
  [{ SANDBOX_API_KEY: '' }, 'SANDBOX_API_KEY is not set'],
  [{ SANDBOX_API_KEY: 'short' }, 'SANDBOX_API_KEY is too short'],
  [{ SANDBOX_API_KEY, SANDBOX_PORT: '80x' }, 'SANDBOX_PORT is not a number'],
  [{ SANDBOX_API_KEY, SANDBOX_PORT: '70000' }, 'SANDBOX_PORT is not a port number'],
  [{ SANDBOX_API_KEY, SANDBOX_MAX_RUNS: '1000' }, 'SANDBOX_MAX_RUNS is more than 256'],
  [{ SANDBOX_API_KEY, SANDBOX_CGROUP: 'mine' }, 'SANDBOX_CGROUP is not the full path of a folder'],
  [
    { SANDBOX_API_KEY, MCPBOX_SANDBOX_MIN: 'S0' },
    'MCPBOX_SANDBOX_MIN is not one of S4, S3, S2, S1',
  ],
  [
    { SANDBOX_API_KEY, MCPBOX_SANDBOX_MIN: 'S9' },
    'MCPBOX_SANDBOX_MIN is not one of S4, S3, S2, S1',
  ],
])('refuses %o in one sentence', (env, sentence) => {
  expect(() => readConfig(env)).toThrow(sentence)
})

it('takes an empty variable for an absent one', () => {
  expect(readConfig({ SANDBOX_API_KEY, MCPBOX_PYTHON: '', SANDBOX_PORT: '' })).toMatchObject({
    python: null,
    port: 8001,
  })
})

it('never repeats the key', () => {
  expect(() => readConfig({ SANDBOX_API_KEY: 'hunter2' })).not.toThrow('hunter2')
})

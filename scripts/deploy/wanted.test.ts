import { expect, test } from 'vitest'
import { DeploymentRecord } from '#contract/deployment.ts'
import { readFlags } from './options.ts'
import { wantedDeployment, type WantedDeployment } from './wanted.ts'

const nobody = { say: () => {}, ask: null }
const wantedBy = (args: string[], last: WantedDeployment | null = null) =>
  wantedDeployment(
    readFlags(['--email', 'ada@example.com', ...args]),
    {
      revision: 0,
      record: DeploymentRecord.parse({ wanted: last }),
      tunnel_door: '127.0.0.1:8002',
    },
    nobody,
  )

test('limits that nobody set are left to the Worker', async () => {
  expect(await wantedBy([])).toMatchObject({ rate_limit: null, token_hours: null })
})

test('limits that were set are kept for the next time, until they are set again', async () => {
  const first = await wantedBy(['--auth', 'oauth', '--rate-limit', '300', '--token-hours', '2'])
  expect(first).toMatchObject({ rate_limit: 300, token_hours: 2 })
  expect(await wantedBy([], first)).toEqual(first)
  expect(await wantedBy(['--rate-limit', '50'], first)).toEqual({ ...first, rate_limit: 50 })
})

test('the life of tokens is of the Worker’s own OAuth server alone', async () => {
  const own = await wantedBy(['--auth', 'oauth', '--token-hours', '2'])
  expect(await wantedBy(['--auth', 'access'], own)).toMatchObject({ token_hours: null })
  await expect(wantedBy(['--token-hours', '2'])).rejects.toThrow('--auth oauth only')
})

test.each([
  ['--rate-limit', '0', '1 or more'],
  ['--rate-limit', '100001', '100000 or less'],
  ['--rate-limit', 'many', 'a whole number'],
  ['--rate-limit', '1e3', 'a whole number'],
  ['--token-hours', '0', '1 or more'],
  ['--token-hours', '25', '24 or less'],
  ['--token-hours', '1.5', 'a whole number'],
  ['--token-hours', '', 'a whole number'],
])('%s %s is refused by its name', (option, value, rule) => {
  expect(() => readFlags([option, value])).toThrow(`${option}: must be ${rule}`)
})

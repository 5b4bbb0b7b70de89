import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { ApprovalView } from '#contract/admin-api.ts'
import { legacyClient } from './clients.ts'
import { startStack, type Stack } from './stack.ts'

/** Manifests from the code, and tests that ship with a tool, from author to approver. */

let stack: Stack

beforeAll(async () => {
  stack = await startStack()
})
afterAll(() => stack[Symbol.asyncDispose]())

const PYTHON = `
import sqlite3

BASE = 'https://api.weather.example/v1'

async def main(city: str):
    """Tells the weather."""
    headers = {'Authorization': f'Bearer {secrets["TOKEN"]}'}
    answer = await http.get(f'{BASE}/now', params={'city': city}, headers=headers)
    answer.raise_for_status()
    db = sqlite3.connect(':memory:')
    (one,) = db.execute('select 1').fetchone()
    return {'celsius': answer.json()['celsius'], 'one': one, 'token': secrets['TOKEN']}
`
const TYPESCRIPT = `
export default async function main({ city }: { city: string }) {
  const answer = await fetch(\`https://api.weather.example/v1/now?city=\${city}\`)
  return { celsius: ((await answer.json()) as { celsius: number }).celsius }
}
`
const now = { url: 'https://api.weather.example/v1/now?city=Bern', body: { celsius: 7 } }

test('a tool in Python with a test for each way to end, before anybody approved it', async () => {
  await using author = await legacyClient(stack.origins[0]!.mcp)
  await author.call('mcpbox_create_server', { name: 'weather' })
  const made = await author.call('mcpbox_create_tool', {
    server: 'weather',
    name: 'now',
    code: PYTHON,
    description: 'Tells the weather.',
    tests: [
      {
        name: 'warm',
        input: { city: 'Bern' },
        result: { celsius: 7, one: 1, token: '[secret TOKEN]' },
        http: [now],
      },
      {
        name: 'of some form',
        input: { city: 'Bern' },
        schema: { required: ['celsius'] },
        http: [now],
      },
      { name: 'away', input: { city: 'Bern' }, error: '503', http: [{ ...now, status: 503 }] },
      { name: 'not recorded', input: { city: 'Basel' }, error: 'recorded', http: [now] },
    ],
  })
  expect(made.structured).toMatchObject({
    manifest: { hosts: ['api.weather.example'], modules: ['sqlite3'], secrets: ['TOKEN'] },
    code_check: { lacking: [], unused: [], unseen: [] },
  })
  const asked = await author.call('mcpbox_request_publish', { server: 'weather', name: 'now' })
  const { approval } = z.object({ approval: z.string() }).parse(asked.structured)
  const view = ApprovalView.parse(await stack.read(`/api/approvals/${approval}`))
  expect(view.address).toMatch(/127\.0\.0\.1$/)
  expect(view.tests.report).toMatchObject({
    passed: false,
    runtime: expect.stringMatching(/^python 3\.\d+\.\d+$/),
    cases: [
      { name: 'warm', passed: true },
      { name: 'of some form', passed: true },
      { name: 'away', passed: true },
      {
        name: 'not recorded',
        passed: false,
        why: 'It asked for GET api.weather.example:443/v1/now, and `http` has no answer recorded for that.',
      },
    ],
  })
})

test('what the code hides from the reading, a test meets as a call does', async () => {
  await using author = await legacyClient(stack.origins[0]!.mcp)
  await author.call('mcpbox_create_server', { name: 'hiding' })
  const code = `
async def main():
    """Asks somebody."""
    url = 'elpmaxe.neddih//:sptth'[::-1]
    return (await http.get(url)).status_code
`
  const url = 'https://hidden.example'
  const made = await author.call('mcpbox_create_tool', {
    server: 'hiding',
    name: 'ask',
    code,
    tests: [{ name: 'asks', result: 200, http: [{ url }] }],
  })
  expect(made.structured).toMatchObject({
    manifest: { hosts: [] },
    code_check: { unseen: [expect.stringContaining('Line 5 builds a host name at run time')] },
  })
  const ran = await author.call('mcpbox_call_tool', {
    name: 'mcpbox_run_tests',
    arguments: { server: 'hiding', name: 'ask' },
  })
  expect(ran.structured).toMatchObject({
    passed: false,
    cases: [
      { why: expect.stringContaining('`hidden.example` is out of reach, as no host is approved') },
    ],
  })
})

test('a tool in TypeScript, with the same', async () => {
  await using author = await legacyClient(stack.origins[0]!.mcp)
  await author.call('mcpbox_create_server', { name: 'typed' })
  const made = await author.call('mcpbox_create_tool', {
    server: 'typed',
    name: 'now',
    language: 'typescript',
    code: TYPESCRIPT,
    description: 'Tells the weather.',
    tests: [{ name: 'warm', input: { city: 'Bern' }, result: { celsius: 7 }, http: [now] }],
  })
  expect(made.structured).toMatchObject({ manifest: { hosts: ['api.weather.example'] } })
  const asked = await author.call('mcpbox_request_publish', { server: 'typed', name: 'now' })
  expect(asked.structured).toMatchObject({
    tests: { passed: true, runtime: expect.stringMatching(/^node 24\./) },
  })
})

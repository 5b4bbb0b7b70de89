import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { LoginResponse } from '#contract/admin-api.ts'
import { legacyClient } from './clients.ts'
import { ADMIN, startStack, type Stack } from './stack.ts'

/** A secret, from the person who sets it to the caller who must not see it. */

const VALUE = 'Zq7-hunter/2 é"4711'
/** What is undone in the end, however far the beginning came. */
const running = new AsyncDisposableStack()
let stack: Stack

beforeAll(async () => {
  stack = running.use(await startStack())
})
afterAll(() => running.disposeAsync())

async function send(method: string, path: string, body: object, bearer = ''): Promise<Response> {
  return fetch(new URL(path, stack.origins[0]!.admin), {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
    body: JSON.stringify(body),
  })
}

async function setSecret(server: string, name: string, value: string): Promise<number> {
  const signedIn = await send('POST', '/auth/login', ADMIN)
  const { access_token: bearer } = LoginResponse.parse(await signedIn.json())
  return (await send('PUT', `/api/servers/${server}/secrets/${name}`, { value }, bearer)).status
}

/** An approved tool of a server of its own, called once, by a caller who listens to its news. */
async function called(tool: string, code: string, grants: { hosts?: string[]; secrets: string[] }) {
  await using client = await legacyClient(stack.origins[0]!.mcp)
  await client.call('mcpbox_create_server', { name: tool })
  await client.call('mcpbox_create_tool', { server: tool, name: 'run', code, ...grants })
  const asked = await client.call('mcpbox_request_publish', { server: tool, name: 'run' })
  await stack.approve(z.object({ approval: z.string() }).parse(asked.structured).approval)
  const unset = await client.call(`${tool}__run`)
  expect(unset.text).toContain('needs KEY; a person must set the value first.')
  expect(await setSecret(tool, 'KEY', VALUE)).toBe(204)
  const news: (string | undefined)[] = []
  const result = await client.call(`${tool}__run`, {}, ({ message }) => news.push(message))
  const record = await stack.read(`/api/executions?tool=${tool}__run&limit=1`)
  return { result, news, everything: JSON.stringify([result, news, record]) }
}

test('what a tool reads comes out in no spelling, whole or in pieces', async () => {
  const code = `
import base64, json, urllib.parse

async def main():
    """Says all it knows."""
    key = secrets['KEY']
    for at in range(0, len(key), 2):
        await ctx.progress(at, len(key), key[at:at + 2])
    for letter in key:
        print(letter)
    return {
        'plain': 'Bearer ' + key,
        'json': json.dumps(key),
        'url': urllib.parse.quote(key) + urllib.parse.quote_plus(key, safe=''),
        'base64': base64.b64encode(b'user:' + key.encode()).decode(),
        'lines': base64.encodebytes((key * 5).encode()).decode(),
        'hex': key.encode().hex(':'),
        'letters': list(key),
        'backwards': key[::-1],
        'key of a dict': {key: 1},
        'repr': repr([key]),
    }
`
  const { result, news, everything } = await called('reader', code, { secrets: ['KEY'] })
  expect(result.isError).toBe(false)
  expect(result.structured).toMatchObject({
    plain: 'Bearer [secret KEY]',
    json: '"[secret KEY]"',
    url: '[secret KEY]',
    hex: '[secret KEY]',
    letters: ['[secret KEY]', ...Array(VALUE.length - 1).fill('')],
    backwards: '[secret KEY]',
    'key of a dict': { '[secret KEY]': 1 },
    repr: "['[secret KEY]']",
  })
  expect(result.text).toContain('Printed:\n[secret KEY]')
  expect(news.slice(2).join('')).not.toMatch(/unte|4711/)
  expect(everything).not.toMatch(/hunter|retnuh|aHVudGVy|h1bnRlc|odW50ZX|Zq7|4711/)
})

test('a failure does not tell it either', async () => {
  const code = `
def main():
    """Fails."""
    raise type('E' + secrets['KEY'], (Exception,), {})('no entry with ' + secrets['KEY'])
`
  const { result, everything } = await called('failing', code, { secrets: ['KEY'] })
  expect(result.isError).toBe(true)
  expect(result.text).toContain('no entry with [secret KEY]')
  expect(everything).not.toMatch(/hunter/)
})

test('of a secret that is bound to a place a tool has only a placeholder, and sends it nowhere else', async () => {
  const code = `
async def main():
    """Tries to have it sent elsewhere."""
    headers = {'Authorization': 'Bearer ' + secrets['KEY']}
    refused = []
    for url, how in [
        ('https://other.example.com/', {'headers': headers}),
        ('https://api.example.com/?key=' + secrets['KEY'], {}),
        ('https://api.example.com/', {'headers': {'X-Key': secrets['KEY']}}),
    ]:
        try:
            await http.get(url, **how)
        except http.RequestRefused as error:
            refused.append(error.reason)
    return {'held': secrets['KEY'], 'refused': refused}
`
  const { result, everything } = await called('bound', code, {
    hosts: ['api.example.com', 'other.example.com'],
    secrets: ['KEY@api.example.com/authorization'],
  })
  expect(result.structured).toEqual({
    held: '{{secret:KEY}}',
    refused: ['secret_not_for_host', 'secret_not_for_place', 'secret_not_for_place'],
  })
  expect(everything).not.toContain('hunter')
})

test('a value that is too short to be kept out of results is not taken', async () => {
  await using client = await legacyClient(stack.origins[0]!.mcp)
  await client.call('mcpbox_create_server', { name: 'short' })
  expect(await setSecret('short', 'PIN', '123')).toBe(400)
  expect(await setSecret('short', 'PIN', '1234')).toBe(204)
})

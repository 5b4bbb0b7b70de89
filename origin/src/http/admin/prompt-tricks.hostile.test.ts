import { afterAll, expect, test } from 'vitest'
import type { SecretName } from '#contract/names.ts'
import { isPlain } from '#contract/visible-text.ts'
import { openAdmin, setUpAdmin, signedInAs } from '../../testing/admin.ts'
import { openMemory } from '../../testing/databases.ts'
import { ask } from '../../testing/doors.ts'
import { problem, result } from '../../testing/engines.ts'
import { freshName } from '../../testing/tools.ts'

const opened = await openMemory()
const admin = openAdmin(opened)
afterAll(async () => {
  await admin[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
})
const { door, engine } = admin
await setUpAdmin(door, opened)
const alice = await signedInAs(door)

/** Everything at once that a text might do to whoever reads it. */
const TRICK = [
  'p\u0430yp\u0430l \u202eevil\u2066 ze\u200bro',
  '\u001b[2K\u001b[1A\u001b]8;;https://evil.example\u0007ok\u001b]8;;\u0007',
  '![beacon](https://evil.example/p.png) [approve](https://evil.example)',
  '<img src=x onerror=alert(1)><script>alert(1)</script>',
].join('\n')
const LINK_OR_ELEMENT = /<(?:img|script)|\]\(/

const server = freshName()
await result(engine, 'mcpbox_create_server', { name: server, description: TRICK })
await result(engine, 'mcpbox_create_server_secret', { server, name: 'KEY', description: TRICK })
const code = `def main():\n    """${TRICK.replaceAll('\u001b', '')}"""\n`
const written = { server, name: 'pay', code, description: TRICK }
await result(engine, 'mcpbox_create_tool', written)
await result(engine, 'mcpbox_request_publish', { server, name: 'pay', notes: TRICK })

test.each([
  ['mcpbox_list_servers', {}],
  ['mcpbox_list_server_secrets', { server }],
  ['mcpbox_get_tool', { server, name: 'pay' }],
  ['mcpbox_get_tool_status', { server, name: 'pay' }],
])('in the text that %s gives back nothing hides, and nothing is a link', async (name, args) => {
  const { content, structuredContent } = await result(engine, name, args)
  const text = String(content[0]?.['text'])
  expect(isPlain(text)).toBe(true)
  expect(text).not.toMatch(LINK_OR_ELEMENT)
  expect(JSON.parse(text)).toEqual(structuredContent)
})

test.each([
  '/api/approvals',
  '/api/servers',
  `/api/servers/${server}/secrets`,
  `/api/servers/${server}/tools/pay/versions`,
])('in what %s gives nothing hides, and all of it is there', async (path) => {
  const text = await (await alice.ask(path)).text()
  expect(isPlain(text)).toBe(true)
  expect(text).not.toMatch(LINK_OR_ELEMENT)
  const whole = JSON.stringify(JSON.parse(text))
  expect(whole).toContain(JSON.stringify(TRICK).slice(1, -1))
})

test('on the page behind a link nothing hides, and nothing of it is HTML', async () => {
  const made = await alice.ask(`/api/servers/${server}/secrets/KEY/links`, { method: 'POST' })
  const { url } = (await made.json()) as { url: string }
  const page = await (await ask(door, new URL(url).pathname)).text()
  expect(isPlain(page)).toBe(true)
  expect(page).not.toMatch(/<(?:img|script)/)
  expect(page).toContain('p\\u{430}yp\\u{430}l \\u{202e}evil')
})

test('an assistant that hears why it was rejected hears one plain sentence', async () => {
  const waiting = await alice.ask('/api/approvals?state=waiting')
  const { items } = (await waiting.json()) as { items: { id: string; hash: string }[] }
  for (const { id, hash } of items)
    await alice.ask(`/api/approvals/${id}/decision`, {
      method: 'POST',
      body: { hash, decision: 'reject', reason: TRICK },
    })
  const { code: refused, message } = await problem(engine, `${server}__pay`)
  expect(refused).toBe('not_approved')
  expect(isPlain(message)).toBe(true)
  expect(message).not.toContain('\n')
})

test('a name holds nothing but letters and digits of ASCII', async () => {
  for (const name of ['p\u0430y', 'pay\u200b', 'pay\u202e', '\uff50ay', 'pay\n', '<b>', '[a](b)']) {
    expect((await problem(engine, 'mcpbox_create_server', { name })).code).toBe('invalid_arguments')
    const tool = { ...written, name }
    expect((await problem(engine, 'mcpbox_create_tool', tool)).code).toBe('invalid_arguments')
    const secret = { server, name: name.toUpperCase() as SecretName }
    expect((await problem(engine, 'mcpbox_create_server_secret', secret)).code).toBe(
      'invalid_arguments',
    )
  }
})

import { afterAll, expect, inject, test } from 'vitest'
import { openAdmin } from '../../testing/admin.ts'
import { freshDatabase, openReplica } from '../../testing/databases.ts'
import { ask, refusalOf, type Asked } from '../../testing/doors.ts'

const database = await freshDatabase(inject('postgresUrl'))
const opened = await openReplica(database.url)
const admin = openAdmin(opened)
afterAll(async () => {
  await admin[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

/** The first thing a client with sessions says. */
const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'test', version: '1' },
  },
}

function mcp({ headers, ...asked }: Asked = {}, path = '/mcp'): Promise<Response> {
  return ask(admin.door, path, {
    method: 'POST',
    body: initialize,
    headers: { accept: 'application/json, text/event-stream', ...headers },
    ...asked,
  })
}

test.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])(
  'a program on this machine is let in from %s',
  async (from) => {
    const response = await mcp({ from })
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('"name":"mcpbox"')
  },
)

test.each(['192.168.1.20', '10.0.0.7', '::ffff:10.0.0.7', 'fe80::1', '127.evil', ''])(
  'nobody is let in from %j',
  async (from) => {
    expect(await refusalOf(await mcp({ from }))).toEqual([401, 'unauthenticated'])
    expect(await refusalOf(await mcp({ from }, '/mcp/'))).toEqual([401, 'unauthenticated'])
  },
)

test('a client cannot say where it comes from', async () => {
  const headers = { 'x-forwarded-for': '127.0.0.1', forwarded: 'for=127.0.0.1' }
  expect(await refusalOf(await mcp({ from: '10.0.0.7', headers }))).toEqual([
    401,
    'unauthenticated',
  ])
})

test.each(['localhost:8000', '127.0.0.1:8000', '[::1]:8000', 'localhost', 'box.lan', 'BOX.LAN:80'])(
  'this machine answers to the name %s',
  async (host) => {
    expect((await mcp({ host })).status).toBe(200)
  },
)

test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.nip.io', '10.0.0.1', 'xbox.lan'])(
  'a name that somebody pointed at this machine, %s, is refused',
  async (host) => {
    expect(await refusalOf(await mcp({ host }))).toEqual([403, 'host_not_allowed'])
  },
)

test.each(['http://localhost:5173', 'https://box.lan'])('a page of %s may call', async (origin) => {
  expect((await mcp({ headers: { origin } })).status).toBe(200)
})

test.each(['http://evil.example', 'null', '', 'file://', 'http://localhost.evil.example'])(
  'a page of origin %j may not call',
  async (origin) => {
    expect(await refusalOf(await mcp({ headers: { origin } }))).toEqual([403, 'origin_not_allowed'])
  },
)

test.each(['GET', 'DELETE', 'PUT', 'OPTIONS'])('%s has the same rules', async (method) => {
  const response = await ask(admin.door, '/mcp', { method, from: '10.0.0.7' })
  expect(await refusalOf(response)).toEqual([401, 'unauthenticated'])
})

import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { answerOf } from '#gateway/testing/answers.ts'
import { initialize, modernPost, post, rpc } from '#gateway/testing/posts.ts'
import { NOBODY } from './access-team/identity.ts'
import { publishAdd, startAccessLine, type Line } from './claude-web/line.ts'

/** Cloudflare looks at an application with a token of its own, behind which there is no person. */

/** What is undone in the end, however far the beginning came. */
const running = new AsyncDisposableStack()
let line: Line
let tool: string
let front: URL

beforeAll(async () => {
  line = running.use(await startAccessLine(inject('postgresUrl')))
  tool = await publishAdd(line.stack, 'first')
  const signedIn = await line.access.front(NOBODY)
  signedIn.aimAt(line.worker)
  front = new URL('/mcp', signedIn.url)
})
afterAll(() => running.disposeAsync())

const send = (request: Request) => fetch(new Request(front, request))

describe('Cloudflare itself may', () => {
  test.each([
    ['initialize', () => post(initialize()), 200],
    ['ping', () => post(rpc(1, 'ping')), 200],
    ['discover', () => modernPost('server/discover'), 200],
    [
      'say that it has initialized',
      () => post({ jsonrpc: '2.0', method: 'notifications/initialized' }),
      202,
    ],
  ])('%s', async (_what, request, status) => {
    expect((await send(request())).status).toBe(status)
  })
})

describe('Cloudflare itself may not', () => {
  test.each([
    ['list tools', () => post(rpc(1, 'tools/list'))],
    ['call a tool', () => post(rpc(1, 'tools/call', { name: tool, arguments: { a: 1 } }))],
    ['list tools without a session', () => modernPost('tools/list')],
    [
      'call a tool without a session',
      () => modernPost('tools/call', { name: tool, arguments: { a: 1 } }),
    ],
    ['list prompts', () => post(rpc(1, 'prompts/list'))],
    ['read a resource', () => post(rpc(1, 'resources/read', { uri: 'x://y' }))],
  ])('%s', async (_what, request) => {
    line.tunnel.seen.length = 0
    const response = await send(request())
    expect(response.status).toBe(403)
    expect(JSON.stringify(await answerOf(response))).toContain('sign_in_needed')
    expect(line.tunnel.seen).toEqual([])
  })
})

import { describe, expect, test } from 'vitest'
import { answerOf } from '../testing/answers.ts'
import { ALICE, mountGateway } from '../testing/mounted-gateway.ts'
import { call, initialize, modernPost, post } from '../testing/posts.ts'
import { openSession } from '../testing/session.ts'
import { echo } from '../testing/tools.ts'

const { gateway } = mountGateway({ echo })
const version = (value: string) => ({ 'mcp-protocol-version': value })
const served = { result: { structuredContent: { a: 1 } } }

function modern(headers: Record<string, string>, meta: object = {}) {
  return modernPost('tools/call', { name: 'echo', arguments: { a: 1 }, _meta: meta }, headers)
}
async function handle(request: Request) {
  const response = await gateway.handle(request, ALICE)
  return { status: response.status, answer: await answerOf(response) }
}

test.each(['2026-07-28, 2026-07-28', '2026-07-28,2026-07-28,2026-07-28'])(
  'openwork: the same version more than once is that version: %s',
  async (header) => {
    expect(await handle(modern(version(header)))).toMatchObject({ status: 200, answer: served })
  },
)

test.each(['2025-11-25', '2025-06-18', '2025-11-25, 2025-11-25'])(
  'Claude: a request of 2026-07-28 under the header of an older revision is served: %s',
  async (header) => {
    expect(await handle(modern(version(header)))).toMatchObject({ status: 200, answer: served })
  },
)

describe('any other disagreement of header and body is refused', () => {
  const future = { 'io.modelcontextprotocol/protocolVersion': '2099-01-01' }
  test.each([
    ['a header of no revision', modern(version('latest'))],
    ['a header of a later revision', modern(version('2099-01-01'))],
    ['two versions', modern(version('2026-07-28, 2025-11-25'))],
    ['a body of a later revision', modern(version('2026-07-28'), future)],
    ['another method', modern({ 'mcp-method': 'tools/list' })],
    ['another tool', modern({ 'mcp-name': 'other' })],
  ])('%s', async (_what, request) => {
    expect(await handle(request)).toMatchObject({
      status: 400,
      answer: { id: 1, error: { code: -32020 } },
    })
  })

  test('a revision that is unknown in both is answered with those that are known', async () => {
    expect(await handle(modern(version('2099-01-01'), future))).toMatchObject({
      status: 400,
      answer: { error: { code: -32022, data: { supported: ['2026-07-28'] } } },
    })
  })
})

describe('a session that is settled', () => {
  test.each(['2025-11-25, 2025-11-25', '2025-06-18', 'latest', '2099-01-01', '2026-07-28'])(
    'goes on whatever its client says beside it: %s',
    async (header) => {
      const session = await openSession(gateway, ALICE)
      const response = await session.post(call(1, 'echo', { a: 1 }), version(header))
      expect(await answerOf(response)).toMatchObject(served)
      const listening = await session.post(
        { jsonrpc: '2.0', method: 'notifications/initialized' },
        version(header),
      )
      expect(listening.status).toBe(202)
    },
  )
})

test.each(['2026-07-28', '2099-01-01', 'latest'])(
  'a client that falls back to initialize is served, though its header says %s',
  async (header) => {
    expect(await handle(post(initialize(), version(header)))).toMatchObject({
      status: 200,
      answer: { result: { protocolVersion: '2025-11-25' } },
    })
  },
)

import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { afterAll, expect, inject, test } from 'vitest'
import type { OperationRequest } from '#contract/operation.ts'
import { freshDatabase, openReplica } from '../../testing/databases.ts'
import { ask, endless, refusalOf } from '../../testing/doors.ts'
import { ALICE, callOf } from '../../testing/engines.ts'
import { ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import { assertion, KEYS, linesOf, openTunnel, send, type Sent } from '../../testing/tunnel.ts'

const database = await freshDatabase(inject('postgresUrl'))
const opened = await openReplica(database.url)
const sandbox = new ScriptedSandbox()
const tunnel = openTunnel(opened, sandbox)
afterAll(async () => {
  await tunnel[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})
const { door } = tunnel
const now = () => Math.floor(Date.now() / 1000)
const request = callOf('mcpbox_list_servers')
const body = JSON.stringify(request)
const post: Sent = { method: 'POST', path: '/operations', body }

const refused = async (sent: Sent) => refusalOf(await send(door, sent))
const withHeaders = (headers: Record<string, string>) => refused({ ...post, headers })
const ROUTES: Sent[] = [
  post,
  { method: 'GET', path: `/operations/${request.op_id}/events` },
  { method: 'POST', path: `/operations/${request.op_id}/cancel` },
  { method: 'GET', path: '/catalog' },
  { method: 'GET', path: '/changes' },
  { method: 'GET', path: '/ping' },
]

test.each(ROUTES)(
  '$method $path is closed to whoever does not have the service token',
  async (route) => {
    for (const token of ['', 'wrong', `${KEYS.serviceToken}x`, KEYS.serviceToken.toUpperCase()])
      expect(await refused({ ...route, headers: { 'x-mcpbox-service-token': token } })).toEqual([
        403,
        'service_token_mismatch',
      ])
  },
)

test.each(ROUTES)(
  '$method $path is closed to whoever has the service token alone',
  async (route) => {
    expect(await refused({ ...route, headers: { 'x-mcpbox-assertion': '' } })).toEqual([
      403,
      'assertion_invalid',
    ])
  },
)

test('while there is no service token, none fits', async () => {
  const { door: unconfigured } = openTunnel(opened, sandbox)
  expect((await ask(unconfigured, '/catalog', { headers: {} })).status).toBe(403)
})

test.each<[string, Partial<Sent>]>([
  ['about another path', { lie: { pth: '/catalog' } }],
  ['about another query', { lie: { pth: '/operations?after=1' } }],
  ['about another method', { lie: { mth: 'GET' } }],
  ['about another body', { lie: { bdg: 'AAAA' } }],
  ['by another issuer', { lie: { iss: 'somebody' } }],
  ['for another audience', { lie: { aud: 'mcpbox-admin' } }],
  ['that lives longer than half a minute', { lie: { iat: now(), exp: now() + 31 } }],
  ['that lives for ever', { lie: { exp: now() + 1e9 } }],
  ['from the future', { lie: { iat: now() + 120, exp: now() + 140 } }],
  ['of a principal that only this machine can be', { as: { kind: 'local' } }],
  ['of an API token, which does not come through the Worker', { as: { kind: 'token', name: 'x' } }],
  ['whose subject is not its principal', { lie: { sub: 'user:bob' } }],
  ['without a principal', { lie: { principal: null } }],
  ['with a principal of a kind that is not', { lie: { principal: { kind: 'root' } } }],
  ['without an id', { lie: { jti: '' } }],
  ['with an id that is no UUID', { lie: { jti: "x'; --" } }],
  ['signed with another key', { key: 'x'.repeat(32) }],
  ['signed with the service token', { key: KEYS.serviceToken.repeat(4) }],
])('an assertion %s is refused', async (_what, change) => {
  expect(await refused({ ...post, ...change })).toEqual([403, 'assertion_invalid'])
})

test.each(['iat', 'exp', 'jti', 'mth', 'pth', 'bdg', 'sub', 'principal', 'aud', 'iss'])(
  'an assertion without "%s" is refused',
  async (claim) => {
    expect(await refused({ ...post, lie: { [claim]: undefined } })).toEqual([
      403,
      'assertion_invalid',
    ])
  },
)

test('an assertion that is too old says that it is', async () => {
  expect(await refused({ ...post, lie: { iat: now() - 100, exp: now() - 80 } })).toEqual([
    403,
    'assertion_expired',
  ])
})

const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

test('an assertion that claims to need no signature is refused', async () => {
  const [, claims] = (await assertion(post)).split('.')
  for (const alg of ['none', 'None', 'NONE', ''])
    for (const signature of ['', 'AAAA'])
      expect(
        await withHeaders({ 'x-mcpbox-assertion': `${base64({ alg })}.${claims}.${signature}` }),
      ).toEqual([403, 'assertion_invalid'])
})

test('an assertion signed with another kind of key is refused, even a valid one', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const [, claims = ''] = (await assertion(post)).split('.')
  const forged = await new SignJWT(JSON.parse(Buffer.from(claims, 'base64url').toString()))
    .setProtectedHeader({ alg: 'RS256' })
    .sign(privateKey)
  expect(await withHeaders({ 'x-mcpbox-assertion': forged })).toEqual([403, 'assertion_invalid'])
  const stronger = await new SignJWT(JSON.parse(Buffer.from(claims, 'base64url').toString()))
    .setProtectedHeader({ alg: 'HS512' })
    .sign(new TextEncoder().encode(KEYS.assertionKey.repeat(2)))
  expect(await withHeaders({ 'x-mcpbox-assertion': stronger })).toEqual([403, 'assertion_invalid'])
})

test('an assertion with a changed claim or a changed signature is refused', async () => {
  const [head, claims = '', signature = ''] = (await assertion(post)).split('.')
  const decoded = JSON.parse(Buffer.from(claims, 'base64url').toString())
  const promoted = base64({ ...decoded, sub: 'user:root' })
  const flipped = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
  for (const forged of [
    `${head}.${promoted}.${signature}`,
    `${head}.${claims}.${flipped}`,
    `${head}.${claims}`,
    `${head}.${claims}.${signature}.${signature}`,
    'x'.repeat(8_000),
    '..',
  ])
    expect(await withHeaders({ 'x-mcpbox-assertion': forged })).toEqual([403, 'assertion_invalid'])
})

test('an assertion is good for one request, whichever of two at once that is', async () => {
  const jti = randomUUID()
  const responses = await Promise.all(
    [1, 2, 3].map(() => send(door, { path: '/catalog', lie: { jti } })),
  )
  expect(responses.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(await refused({ path: '/catalog', lie: { jti } })).toEqual([403, 'assertion_replayed'])
  expect(await refused({ path: '/catalog', lie: { jti: jti.toUpperCase() } })).toEqual([
    403,
    'assertion_replayed',
  ])
})

test.each<[string, string | Uint8Array, [number, string]]>([
  ['not JSON', '{"op_id":', [400, 'malformed_json']],
  ['nothing', '', [400, 'malformed_json']],
  ['not UTF-8', new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]), [400, 'malformed_utf8']],
  ['a surrogate in UTF-8', new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]), [400, 'malformed_utf8']],
  ['a list', '[]', [400, 'invalid_request']],
  ['null', 'null', [400, 'invalid_request']],
  ['nested 100,000 levels deep', '['.repeat(1e5) + ']'.repeat(1e5), [400, 'invalid_request']],
])('a body that is %s is refused', async (_what, sent, expected) => {
  expect(await refused({ ...post, body: sent })).toEqual(expected)
})

test('arguments that are nested too deep are refused before anything walks them', async () => {
  const deep = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`
  const sent = body.replace('"arguments":{}', `"arguments":${deep}`)
  expect(await refused({ ...post, body: sent })).toEqual([400, 'invalid_request'])
})

test.each<[string, Partial<Record<keyof OperationRequest | 'principal', unknown>>]>([
  ['an op_id that is no UUID', { op_id: '../../etc' }],
  ['another method', { method: 'tools/list' }],
  ['a field of its own', { principal: { kind: 'local' } }],
  ['an era that never was', { era: 'bronze' }],
  ['a deadline of an hour', { deadline_ms: 3.6e6 }],
  ['a negative deadline', { deadline_ms: -1 }],
  ['a name of 201 characters', { params: { name: 'a'.repeat(201), arguments: {} } }],
  ['arguments that are a list', { params: { name: 'a__b', arguments: [] } }],
])('an operation with %s is refused', async (_what, change) => {
  const sent = JSON.stringify({ ...request, ...change })
  expect(await refused({ ...post, body: sent })).toEqual([400, 'invalid_request'])
})

test.each(['text/plain', 'application/jsonp', 'multipart/form-data; boundary=x', ''])(
  'a body of type "%s" is refused',
  async (type) => {
    expect(await withHeaders({ 'content-type': type })).toEqual([415, 'unsupported_media_type'])
  },
)

test('a body that is too long is refused, said or unsaid how long it is', async () => {
  expect(await refused({ ...post, body: ' '.repeat(1_000_001) })).toEqual([413, 'body_too_large'])
  const response = await ask(door, '/operations', {
    method: 'POST',
    body: endless(1_000_001),
    headers: { 'x-mcpbox-service-token': KEYS.serviceToken },
  })
  expect(await refusalOf(response)).toEqual([413, 'body_too_large'])
})

test.each(['x', '../../catalog', randomUUID(), '%00', "';--"])(
  'the operation %j is unknown',
  async (opId) => {
    for (const [method, what] of [
      ['GET', 'events'],
      ['POST', 'cancel'],
    ] as const) {
      const path = `/operations/${encodeURIComponent(opId)}/${what}`
      expect(await refused({ method, path })).toEqual([404, 'operation_unknown'])
    }
  },
)

test.each(['-1', '1.5', 'x', '1e99', '2147483648', '99999999999999999999', '%00'])(
  'events after "%s" are refused',
  async (after) => {
    await linesOf(await send(door, { ...post, as: ALICE }))
    const path = `/operations/${request.op_id}/events?after=${after}`
    expect(await refused({ path })).toEqual([400, 'invalid_request'])
  },
)

test.each([
  ['GET', '/operations'],
  ['DELETE', `/operations/${request.op_id}`],
  ['POST', '/catalog'],
  ['GET', '/mcp'],
  ['GET', '/api/approvals'],
  ['GET', '/internal/worker-secrets'],
])('%s %s is not at this door', async (method, path) => {
  expect(await refused({ method, path })).toEqual([404, 'not_found'])
})

test('nothing of all this ran a tool, or was a fault of MCPbox', () => {
  expect(sandbox.asked).toEqual([])
  expect(tunnel.faults).toEqual([])
  expect(tunnel.lines.filter((line) => line.includes('"msg":"fault"'))).toEqual([])
})

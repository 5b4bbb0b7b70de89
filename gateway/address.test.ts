import { expect, test } from 'vitest'
import { ALICE, mountGateway } from './testing/mounted-gateway.ts'
import { call, modernPost, post } from './testing/posts.ts'
import { openSession } from './testing/session.ts'
import { readStream } from './testing/stream-reader.ts'
import { echo } from './testing/tools.ts'

/** From where something is asked, which only the host of the gateway can know. */

const ADDRESS = '203.0.113.7'

test('the origin is told from where it was asked, in either era', async () => {
  const { gateway, origin } = mountGateway({ echo })
  const inOfModern = modernPost('tools/call', { name: 'echo', arguments: {} })
  for (const request of [post(call(1, 'echo')), inOfModern])
    await readStream(await gateway.handle(request, ALICE, 'r', ADDRESS)).end()
  expect(origin.operations.map(({ request }) => [request.era, request.address])).toEqual([
    ['legacy', ADDRESS],
    ['modern', ADDRESS],
  ])
})

test('in a session, it is the address of each request', async () => {
  const { gateway, origin } = mountGateway({ echo })
  let address = ADDRESS
  const host = { handle: (request: Request) => gateway.handle(request, ALICE, 'r', address) }
  const session = await openSession(host, ALICE)
  await readStream(await session.post(call(1, 'echo'))).end()
  address = '2001:db8::7'
  await readStream(await session.post(call(2, 'echo'))).end()
  expect(origin.operations.map(({ request }) => request.address)).toEqual([ADDRESS, '2001:db8::7'])
})

test('what is no address is left out, and keeps nobody from asking', async () => {
  const { gateway, origin } = mountGateway({ echo })
  for (const odd of ['', 'nobody', 'fe80::1%eth0', `${ADDRESS}\n`, '1'.repeat(100)])
    await readStream(await gateway.handle(post(call(1, 'echo')), ALICE, 'r', odd)).end()
  expect(origin.operations.map(({ request }) => request.address)).toEqual(Array(5).fill(undefined))
})

test('no client says it, by whatever header', async () => {
  const { gateway, origin } = mountGateway({ echo })
  const headers = { 'cf-connecting-ip': ADDRESS, 'x-forwarded-for': ADDRESS, 'x-real-ip': ADDRESS }
  await readStream(await gateway.handle(post(call(1, 'echo'), headers), ALICE)).end()
  expect(origin.operations[0]?.request).not.toHaveProperty('address')
})

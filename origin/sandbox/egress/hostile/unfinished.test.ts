import { describe, expect, it } from 'vitest'
import { EGRESS_LIMITS } from '../limits.ts'
import { WebMessage } from '../message.ts'
import { echo } from '../testing/sites.ts'
import { talk } from '../testing/talk.ts'
import { world } from '../testing/world.ts'

/** What a child may make its supervisor keep, without ever finishing a request. */

const API = 'http://api.example/'
const head = (headers: unknown) => ({
  type: 'http.request',
  id: 1,
  method: 'GET',
  url: API,
  headers,
  body: true,
  follow: false,
})

describe('a child that begins and never ends', () => {
  it.each([
    ['a hundred thousand empty headers', Array.from({ length: 100_000 }, () => ['', ''])],
    ['half a million numbers', Array.from({ length: 500_000 }, () => 1)],
    ['one giant header', [['x', 'y'.repeat(100_000)]]],
    ['a header of three parts', [['x', 'y', 'z']]],
    ['no list', 'x: y'],
  ])('%s is no message at all', (_, headers) => {
    expect(WebMessage.safeParse(head(headers)).success).toBe(false)
  })

  it('headers as a client writes them are', () => {
    expect(WebMessage.safeParse(head([['accept', '*/*']])).success).toBe(true)
  })

  it('more unfinished requests than could ever wait end the call', async () => {
    await using net = await world({ 'api.example': echo })
    const child = talk(net.network, { hosts: ['api.example'] })
    const most = EGRESS_LIMITS.atOnce + EGRESS_LIMITS.waiting
    const begun = Array.from({ length: most + 1 }, (_, n) =>
      child.request(n + 1, API, { method: 'POST', body: true }),
    )
    expect(begun.lastIndexOf(true)).toBe(most - 1)
    expect(begun.at(-1)).toBe(false)
  })

  it('an empty part that is not the last ends the call, however it was padded', async () => {
    await using net = await world({ 'api.example': echo })
    const child = talk(net.network, { hosts: ['api.example'] })
    child.request(1, API, { method: 'POST', body: true })
    const data = ' '.repeat(900_000)
    expect(child.take({ type: 'http.body', id: 1, data, last: false })).toBe(false)
  })
})

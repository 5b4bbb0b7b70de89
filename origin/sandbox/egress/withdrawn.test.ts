import { describe, expect, it } from 'vitest'
import type { Withdrawal } from '#contract/withdrawal.ts'
import { ask, brokerFor, refusal } from './testing/policy.ts'
import { echo, echoed, redirecting, seen, via } from './testing/sites.ts'
import { world } from './testing/world.ts'
import { withdrawnLines } from './withdrawn.ts'

const line = (text: string, in_ms = 0): Withdrawal => {
  const [kind, value] = text.split(' ') as [Withdrawal['kind'], string]
  return { kind, value, in_ms }
}

/** A clock that a test turns. */
function clock() {
  let now = 0
  return { now: () => now, pass: (ms: number) => void (now += ms) }
}

const TOKEN = { name: 'TOKEN', value: 't0ken', host: 'api.example:80', header: 'authorization' }
const AUTHORIZED: [string, string][] = [['authorization', '{{secret:TOKEN}}']]

describe('a line that is taken back while a call runs', () => {
  it('is gone at the next connection, and only that line', async () => {
    await using net = await world({ 'api.example': echo, 'other.example': echo })
    const withdrawn = withdrawnLines()
    const broker = brokerFor(net.network, { hosts: ['api.example', 'other.example'], withdrawn })
    expect(await refusal(broker, 'http://api.example/')).toBe('status 200')
    withdrawn.add([line('host api.example')])
    expect(await refusal(broker, 'http://api.example/')).toBe('withdrawn')
    expect(await refusal(broker, 'http://other.example/')).toBe('status 200')
    expect(net.asked).toHaveLength(2)
    expect(broker.records().at(1)).toMatchObject({ host: 'api.example', refused: 'withdrawn' })
  })

  it('is gone for the next hop of a redirect', async () => {
    await using net = await world({
      'api.example': redirecting,
      'other.example': echo,
    })
    const withdrawn = withdrawnLines([line('host other.example')])
    const broker = brokerFor(net.network, { hosts: ['api.example', 'other.example'], withdrawn })
    const moved = via('http://api.example', 'http://other.example/')
    expect(await refusal(broker, moved)).toBe('withdrawn')
    expect(net.asked).toEqual(['api.example'])
  })

  it('leaves what another line covers', async () => {
    await using net = await world({ 'api.example.com': echo })
    const withdrawn = withdrawnLines([line('host api.example.com')])
    const hosts = ['api.example.com', '*.example.com']
    const broker = brokerFor(net.network, { hosts, withdrawn })
    expect(await refusal(broker, 'http://api.example.com/')).toBe('status 200')
  })

  it('takes a secret that is only sent with it, and leaves the host', async () => {
    await using net = await world({ 'api.example': echo })
    const withdrawn = withdrawnLines()
    const broker = brokerFor(net.network, { hosts: ['api.example'], secrets: [TOKEN], withdrawn })
    const before = await ask(broker, 'http://api.example/', { headers: AUTHORIZED })
    expect(before.status).toBe(200)
    withdrawn.add([line('secret TOKEN@api.example:80/authorization')])
    const wish = { headers: AUTHORIZED }
    expect(await refusal(broker, 'http://api.example/', wish)).toBe('withdrawn')
    expect(await refusal(broker, 'http://api.example/')).toBe('status 200')
  })

  it('takes every connection with it where the process holds it', async () => {
    for (const held of ['module socket', 'package one==1.0', 'secret TOKEN', 'secret ?']) {
      await using net = await world({ 'api.example': echo })
      const withdrawn = withdrawnLines()
      const broker = brokerFor(net.network, { hosts: ['api.example'], withdrawn })
      withdrawn.add([line(held)])
      expect(await refusal(broker, 'http://api.example/')).toBe('withdrawn')
      expect(net.asked).toEqual([])
    }
  })

  it('says so, and where to read more', async () => {
    await using net = await world({ 'api.example': echo })
    const withdrawn = withdrawnLines([line('host api.example')])
    const broker = brokerFor(net.network, { hosts: ['api.example'], withdrawn })
    await expect(ask(broker, 'http://api.example/')).rejects.toThrow(
      'the permission for `host api.example` was taken back, or ended, while this call ran; mcpbox_get_tool_status says more',
    )
  })

  it('does not end a response that has begun', async () => {
    await using net = await world({
      'api.example': (_request, response) => {
        response.write('one ')
        setImmediate(() => response.end('two'))
      },
    })
    const withdrawn = withdrawnLines()
    const broker = brokerFor(net.network, { hosts: ['api.example'], withdrawn })
    const signal = new AbortController().signal
    const request = {
      method: 'GET',
      url: 'http://api.example/',
      headers: [],
      body: null,
      follow: true,
    }
    const response = await broker.send(request, signal)
    withdrawn.add([line('host api.example')])
    const parts: string[] = []
    for await (const part of response.body) parts.push(String(part))
    expect(parts.join('')).toBe('one two')
  })

  it('was never approved is still refused as that', async () => {
    await using net = await world({ 'api.example': echo })
    const withdrawn = withdrawnLines([line('host other.example')])
    const broker = brokerFor(net.network, { hosts: ['api.example'], withdrawn })
    expect(await refusal(broker, 'http://other.example/')).toBe('host_not_approved')
  })
})

describe('a line with an end', () => {
  it('is there until then, and at that moment not any more', async () => {
    await using net = await world({ 'api.example': echo })
    const time = clock()
    const withdrawn = withdrawnLines([line('host api.example', 1_000)], time.now)
    const broker = brokerFor(net.network, { hosts: ['api.example'], withdrawn })
    time.pass(999)
    expect(await refusal(broker, 'http://api.example/')).toBe('status 200')
    time.pass(1)
    expect(await refusal(broker, 'http://api.example/')).toBe('withdrawn')
  })

  it('ends no later by a later word', async () => {
    const time = clock()
    const withdrawn = withdrawnLines([line('host api.example', 1_000)], time.now)
    withdrawn.add([line('host api.example', 5_000)])
    time.pass(1_000)
    expect(withdrawn.host('api.example' as never)).toBe(true)
  })

  it('ends earlier by an earlier one', async () => {
    const time = clock()
    const withdrawn = withdrawnLines([line('host api.example', 5_000)], time.now)
    time.pass(1_000)
    withdrawn.add([line('host api.example', 500)])
    time.pass(500)
    expect(withdrawn.host('api.example' as never)).toBe(true)
  })
})

it('a header with a withdrawn secret that another line still sends anywhere goes out', async () => {
  await using net = await world({ 'api.example': echo })
  const anywhere = { name: 'TOKEN', value: 't0ken', host: 'api.example:80' }
  const withdrawn = withdrawnLines([line('secret TOKEN@api.example:80/authorization')])
  const secrets = [TOKEN, anywhere]
  const broker = brokerFor(net.network, { hosts: ['api.example'], secrets, withdrawn })
  const { text } = await ask(broker, 'http://api.example/', { headers: AUTHORIZED })
  expect(seen(echoed(text), 'authorization')).toBe('[secret TOKEN]')
})

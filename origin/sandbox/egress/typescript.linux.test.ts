import { describe, expect, it } from 'vitest'
import { strongest } from '../testing/sandbox.ts'
import type { Network } from './network.ts'
import { type ConfinedCall, runTool } from './testing/confined.ts'
import { echo, redirecting } from './testing/sites.ts'
import { world } from './testing/world.ts'

const run = (network: Network, body: string, call: ConfinedCall = {}) =>
  runTool(strongest.forkServer, network, `export default async function main() { ${body} }`, {
    ...call,
    language: 'typescript',
  })

describe('fetch of a tool in TypeScript', { concurrent: true }, () => {
  it('sends method, headers and body, and gets a response of the standard', async () => {
    await using net = await world({ 'api.example': echo })
    const body = `
      const sent = { method: 'POST', headers: { 'X-A': '1' }, body: JSON.stringify({ n: 'ä' }) }
      const response = await fetch(new URL('http://api.example/a?b=c'), sent)
      const told = await response.json()
      const seen = told.headers.find(([name]) => name.toLowerCase() === 'x-a')
      return [response.ok, response.status, response.url, response.headers.get('content-type'),
              told.method, told.url, told.body, seen[1]]`
    expect(await run(net.network, body)).toMatchObject({
      kind: 'ok',
      value: [
        true,
        200,
        'http://api.example/a?b=c',
        'application/json',
        'POST',
        '/a?b=c',
        '{"n":"ä"}',
        '1',
      ],
      egress: [{ host: 'api.example', port: 80, method: 'POST', path: '/a', status: 200 }],
    })
  })

  it('carries many requests at once, and long bodies both ways', async () => {
    await using net = await world({ 'api.example': echo })
    const body = `
      const ask = async (n) => {
        const body = String(n).repeat(100_000)
        const told = await (await fetch('http://api.example/', { method: 'PUT', body })).json()
        return told.body === body
      }
      return (await Promise.all([1, 2, 3, 4, 5, 6].map(ask))).every(Boolean)`
    expect(await run(net.network, body)).toMatchObject({ kind: 'ok', value: true })
  })

  it('follows redirects, or not, or takes them for an error', async () => {
    await using net = await world({ 'api.example': redirecting })
    const body = `
      const from = 'http://api.example/302?to=' + encodeURIComponent('http://api.example/')
      const manual = await fetch(from, { redirect: 'manual' })
      const error = await fetch(from, { redirect: 'error' }).catch((error) => error.name)
      return [(await fetch(from)).url, manual.status, manual.headers.get('location'), error]`
    expect(await run(net.network, body)).toMatchObject({
      value: ['http://api.example/', 302, 'http://api.example/', 'TypeError'],
    })
  })

  it('is cancelled by its signal, without harm to the others', async () => {
    await using net = await world({ 'api.example': echo })
    const body = `
      const stop = new AbortController()
      const gone = fetch('http://api.example/', { signal: stop.signal }).catch((error) => error.name)
      stop.abort()
      return [await gone, (await fetch('http://api.example/')).status]`
    expect(await run(net.network, body)).toMatchObject({ kind: 'ok', value: ['AbortError', 200] })
  })

  it('is refused what was not approved, with a reason', async () => {
    await using net = await world({ 'api.example': echo })
    const body = `
      const refused = (url) => fetch(url).then(() => 'reached', (error) => [error.name, error.reason])
      return [await refused('http://evil.example/'), await refused('http://api.example:81/')]`
    expect(await run(net.network, body)).toMatchObject({
      value: [
        ['HttpError', 'host_not_approved'],
        ['HttpError', 'port_not_approved'],
      ],
    })
  })

  it('has secrets filled in on the way, and never holds them', async () => {
    await using net = await world({ 'api.example': echo })
    const secrets = [{ name: 'KEY', value: 'sw0rdfish', host: 'api.example:80' }]
    const body = `
      const headers = { authorization: 'Bearer ' + secrets.KEY }
      const told = await (await fetch('http://api.example/', { headers })).text()
      return [secrets.KEY, told.includes('sw0rdfish')]`
    expect(await run(net.network, body, { secrets })).toMatchObject({
      kind: 'ok',
      value: ['{{secret:KEY}}', false],
    })
  })
})

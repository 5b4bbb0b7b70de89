import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { BoundSecret } from '#contract/egress.ts'
import { HostGrant } from '#contract/host-grant.ts'
import type { Outcome } from '#contract/sandbox.ts'
import { runConfined } from '../calls/run.ts'
import { USUAL_LIMITS } from '../levels/prove.ts'
import { python } from '../testing/programs.ts'
import { formableLevels, sandboxAt } from '../testing/sandbox.ts'
import type { Network } from './network.ts'
import type { Call } from './testing/policy.ts'
import { world } from './testing/world.ts'

/** Answers with what it was asked, as JSON. */
async function echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const { method, url, headers } = request
  const body = Buffer.concat(parts).toString('utf8')
  response.writeHead(url === '/missing' ? 404 : 200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ method, url, headers, body }))
}

const site = (request: IncomingMessage, response: ServerResponse) => void echo(request, response)

describe.each(formableLevels)('the network of a tool at %s', { concurrent: true }, (level) => {
  const { forkServer } = sandboxAt(level)
  async function run(network: Network, code: string, call: Call = {}): Promise<Outcome> {
    const hosts = (call.hosts ?? []).map((host) => HostGrant.parse(host))
    const manifest = { hosts, modules: [], secrets: [] }
    return runConfined(forkServer, network)(
      {
        run_id: 'test',
        version: { hash: 'test', language: 'python', code, manifest },
        input: {},
        secrets: {},
        bound_secrets: (call.secrets ?? []).map((secret) => BoundSecret.parse(secret)),
        limits: { ...USUAL_LIMITS, timeout_ms: 20_000 },
      },
      () => undefined,
      call.signal ?? new AbortController().signal,
    )
  }

  it('is `http`, awaited in async code', async () => {
    await using net = await world({ 'api.example': site })
    const outcome = await run(
      net.network,
      python`
        async def main():
            response = await http.post('http://api.example/a', params={'q': 'x y'}, json={'n': 1})
            response.raise_for_status()
            told = response.json()
            return [response.status_code, told['method'], told['url'], told['body'],
                    response.headers['Content-Type'], response.url]
      `,
      { hosts: ['api.example'] },
    )
    expect(outcome).toMatchObject({
      kind: 'ok',
      value: [
        200,
        'POST',
        '/a?q=x+y',
        '{"n": 1}',
        'application/json',
        'http://api.example/a?q=x+y',
      ],
      egress: [{ host: 'api.example', port: 80, method: 'POST', path: '/a', status: 200 }],
    })
  })
})

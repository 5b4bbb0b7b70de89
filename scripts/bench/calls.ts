import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { legacyClient } from '../../test/clients.ts'
import { startEdge, startStack } from '../../test/stack.ts'
import { quantile, rounded, sequential, throughput } from './measure.ts'
import { table } from './table.ts'

/**
 * What a call of a trivial Python tool costs, from the request to its result: through the local
 * door, and through the Worker in workerd; beside a bare echo on the same HTTP stack, in the same
 * run. One keep-alive connection per caller, loopback, embedded database, no logging.
 */
const COUNT = 300
const WARM_UP = 30
const CODE = 'async def main(a: int, b: int):\n    """Adds."""\n    return {"sum": a + b}\n'

await using stack = await startStack()
await using edge = await startEdge(stack)
const [origin] = stack.origins
if (origin === undefined) throw new Error('no origin')

await using author = await legacyClient(origin.mcp)
await author.call('mcpbox_create_server', { name: 'bench' })
await author.call('mcpbox_create_tool', { server: 'bench', name: 'add', code: CODE })
const asked = await author.call('mcpbox_request_publish', { server: 'bench', name: 'add' })
await stack.approve(z.object({ approval: z.string() }).parse(asked.structured).approval)

const echo = spawn(process.execPath, [fileURLToPath(new URL('echo-server.ts', import.meta.url))], {
  stdio: ['pipe', 'pipe', 'inherit'],
})
const [echoPort] = (await once(createInterface({ input: echo.stdout }), 'line')) as [string]

const CALL = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'bench__add', arguments: { a: 1, b: 2 } },
})
const agent = new Agent({ keepAlive: true })

function caller(url: URL, headers: Record<string, string>, sign: string) {
  return () =>
    new Promise<void>((resolve, reject) => {
      const outgoing = request(url, { method: 'POST', agent, headers }, (answer) => {
        let body = ''
        answer.on('data', (chunk: Buffer) => (body += chunk.toString()))
        answer.on('end', () =>
          body.includes(sign) ? resolve() : reject(new Error(`${answer.statusCode}: ${body}`)),
        )
      })
      outgoing.on('error', reject)
      outgoing.end(CALL)
    })
}

async function mcpCaller(base: URL) {
  const client = await legacyClient(base)
  return caller(
    new URL('/mcp', base),
    {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-session-id': client.sessionId,
      'mcp-protocol-version': client.protocol,
    },
    '"sum":3',
  )
}

const paths = {
  echo: caller(
    new URL(`http://127.0.0.1:${echoPort}/`),
    { 'content-type': 'application/json' },
    'bench__add',
  ),
  local: await mcpCaller(origin.mcp),
  edge: await mcpCaller(edge.signedIn),
}

const rows: (string | number)[][] = [['', 'p50 ms', 'p95 ms', 'calls/s, 8 callers']]
const measured: Record<string, number> = {}
for (const [name, call] of Object.entries(paths)) {
  const times = await sequential(call, { count: COUNT, warmUp: WARM_UP })
  const p50 = rounded(quantile(times, 0.5))
  const p95 = rounded(quantile(times, 0.95))
  const rps = rounded(await throughput(call, { callers: 8, count: COUNT }))
  rows.push([name, p50, p95, rps])
  Object.assign(measured, {
    [`${name}_p50_ms`]: p50,
    [`${name}_p95_ms`]: p95,
    [`${name}_rps_c8`]: rps,
  })
}
echo.kill()
agent.destroy()
console.log(table(rows))
console.log(JSON.stringify(measured))

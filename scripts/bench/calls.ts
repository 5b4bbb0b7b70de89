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
 * run. What goes only a part of the way shows where the time is spent. One keep-alive connection
 * per caller, loopback, embedded database, no logging.
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

const rpc = (method: string, params = {}) =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
const PING = rpc('ping')
const MANAGE = rpc('tools/call', { name: 'mcpbox_list_servers', arguments: {} })
const CALL = rpc('tools/call', { name: 'bench__add', arguments: { a: 1, b: 2 } })
const agent = new Agent({ keepAlive: true })

/** What the sandbox says its runs took, in milliseconds. */
const runs: number[] = []

function caller(url: URL, headers: Record<string, string>, body: string, sign: string) {
  return () =>
    new Promise<void>((resolve, reject) => {
      const outgoing = request(url, { method: 'POST', agent, headers }, (answer) => {
        let text = ''
        answer.on('data', (chunk: Buffer) => (text += chunk.toString()))
        answer.on('end', () => {
          const [, ran] = /"duration_ms":([\d.]+)/.exec(text) ?? []
          if (ran !== undefined) runs.push(Number(ran))
          if (text.includes(sign)) resolve()
          else reject(new Error(`${answer.statusCode}: ${text}`))
        })
      })
      outgoing.on('error', reject)
      outgoing.end(body)
    })
}

async function mcpCaller(base: URL) {
  const client = await legacyClient(base)
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-session-id': client.sessionId,
    'mcp-protocol-version': client.protocol,
  }
  return (body: string, sign: string) => caller(new URL('/mcp', base), headers, body, sign)
}

const json = { 'content-type': 'application/json' }
const local = await mcpCaller(origin.mcp)
const throughEdge = await mcpCaller(edge.signedIn)
const paths = {
  echo: {
    what: 'bare echo',
    call: caller(new URL(`http://127.0.0.1:${echoPort}/`), json, CALL, 'bench__add'),
  },
  ping: { what: 'door, session (ping)', call: local(PING, '"result"') },
  operation: { what: '… and an operation, no run', call: local(MANAGE, 'bench') },
  local: { what: 'a tool, local door', call: local(CALL, '"sum":3') },
  edge_ping: { what: 'door, session, through edge', call: throughEdge(PING, '"result"') },
  edge: { what: 'a tool, through edge', call: throughEdge(CALL, '"sum":3') },
}

const rows: (string | number)[][] = [['', 'p50 ms', 'p95 ms', 'calls/s, 8 callers']]
const measured: Record<string, number> = {}
for (const [name, { what, call }] of Object.entries(paths)) {
  runs.length = 0
  const times = await sequential(call, { count: COUNT, warmUp: WARM_UP })
  const inside = runs.slice(WARM_UP).sort((a, b) => a - b)
  const p50 = rounded(quantile(times, 0.5))
  const p95 = rounded(quantile(times, 0.95))
  const rps = rounded(await throughput(call, { callers: 8, count: COUNT }))
  rows.push([what, p50, p95, rps])
  if (inside.length > 0) {
    const [middle, late] = [rounded(quantile(inside, 0.5)), rounded(quantile(inside, 0.95))]
    rows.push(['  of which the run itself', middle, late, ''])
  }
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

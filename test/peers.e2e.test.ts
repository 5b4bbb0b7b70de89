import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { expect, test } from 'vitest'
import { buildWorker } from '../scripts/edge/worker-bundle.ts'
import { startEdge, startStack } from './stack.ts'

const AGENT = fileURLToPath(new URL('peers/agent/wrangler.toml', import.meta.url))

test('a Cloudflare Agent uses MCPbox, behind its Worker, as its MCP server', async () => {
  await using stack = await startStack()
  await using edge = await startEdge(stack)
  await using bundle = await buildWorker(AGENT)
  const peer = new Miniflare(
    convertV4MiniflareOptions({
      name: 'peer',
      cf: false,
      modulesRoot: dirname(bundle.script),
      modules: [{ type: 'ESModule', path: bundle.script }],
      compatibilityDate: '2026-10-01',
      compatibilityFlags: ['nodejs_compat'],
      durableObjects: { Peer: { className: 'Peer', useSQLite: true } },
      bindings: { MCP_URL: new URL('/mcp', edge.signedIn).href },
    }),
  )
  try {
    const body = JSON.stringify({ name: 'mcpbox_create_server', args: { name: 'from_an_agent' } })
    const response = await fetch(await peer.ready, { method: 'POST', body })
    expect(await response.json()).toMatchObject({
      tools: expect.arrayContaining(['mcpbox_create_tool']),
      result: { structuredContent: { server: 'from_an_agent' } },
    })
  } finally {
    await peer.dispose()
  }
})

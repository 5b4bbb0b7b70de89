import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { z } from 'zod'
import { legacyClient } from '../clients.ts'
import { startEdge, startStack, type Stack } from '../stack.ts'
import { FIXTURES } from './fixtures.ts'

/**
 * Runs the official conformance suite, both requirement sets, against the whole line (real Worker in
 * workerd, tunnel door, origin, sandbox) and against the local door. Every required scenario must
 * pass at both. Ends with a line for machines.
 */
const REVISIONS = ['2025-11-25', '2026-07-28']
const suite = fileURLToPath(
  new URL('../../node_modules/@modelcontextprotocol/conformance/dist/index.js', import.meta.url),
)

await using stack = await startStack()
await using edge = await startEdge(stack)
await publishFixtures(stack)
const doors = { edge: edge.signedIn, local: theOrigin(stack).mcp }
const results = await mkdtemp(join(tmpdir(), 'mcpbox-conformance-'))
const summary: string[] = []
try {
  for (const revision of REVISIONS) summary.push(`${revision}: ${await run(revision)} required`)
} finally {
  await rm(results, { recursive: true })
}
console.log(summary.join(' · '))

/** Writes the fixtures over MCP and has them approved, like anything that an assistant writes. */
async function publishFixtures(stack: Stack): Promise<void> {
  await using client = await legacyClient(theOrigin(stack).mcp)
  const server = 'fixtures'
  const call = async (name: string, args: Record<string, unknown>) => {
    const answer = await client.call(name, args)
    if (answer.isError) throw new Error(`${name}: ${answer.text}`)
    return answer.structured
  }
  await call('mcpbox_create_server', { name: server })
  for (const { name, ...fixture } of FIXTURES) {
    await call('mcpbox_create_tool', { server, name, ...fixture })
    const asked = await call('mcpbox_request_publish', { server, name })
    await stack.approve(z.object({ approval: z.string() }).parse(asked).approval)
  }
}

/** Runs one revision's required scenarios at every door; gives "passed at all/all". */
async function run(revision: string): Promise<string> {
  const required = await requiredScenarios(revision)
  let passed = new Set(required)
  for (const [door, url] of Object.entries(doors)) {
    const there = await passedAt(new URL('/mcp', url), revision, door)
    passed = new Set([...passed].filter((name) => there.has(name)))
    const missing = required.filter((name) => !there.has(name))
    console.log(`${door}: not passed of ${revision}: ${missing.join(', ') || 'none'}`)
  }
  if (passed.size < required.length) process.exitCode = 1
  return `${passed.size}/${required.length}`
}

/** The scenarios of a revision, required or not, that pass at one address. */
async function passedAt(url: URL, revision: string, door: string): Promise<Set<string>> {
  const out = join(results, `${revision}-${door}`)
  const args = ['server', '--url', url.href, '--requirements', revision, '-o', out]
  const child = spawn(process.execPath, [suite, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
    process.stdout.write(chunk)
  })
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) process.exitCode = 1
  const marks = [...said.matchAll(/^([✓✗]) (\S+): \d+ passed/gmu)]
  return new Set(marks.filter(([, mark]) => mark === '✓').map(([, , name]) => name ?? ''))
}

async function requiredScenarios(revision: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    suite,
    'list',
    '--server',
    '--requirements',
    revision,
  ])
  const section = /^Server scenarios.*\n((?: {2}- \S+\n)+)/m.exec(stdout)?.[1]
  if (section === undefined) throw new Error(`the suite requires nothing for ${revision}`)
  return [...section.matchAll(/- (\S+)/g)].map(([, name]) => name ?? '')
}

function theOrigin({ origins: [origin] }: Stack) {
  if (origin === undefined) throw new Error('the stack has no origin')
  return origin
}

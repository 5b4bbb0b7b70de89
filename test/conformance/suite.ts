import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { z } from 'zod'
import { legacyClient } from '../clients.ts'
import { startEdge, startStack, type Stack } from '../stack.ts'
import { FIXTURES } from './fixtures.ts'

export const REVISIONS = ['2025-11-25', '2026-07-28'] as const
/** The whole line (real Worker in workerd, tunnel door, origin, sandbox), and the local door. */
export const DOORS = ['edge', 'local'] as const

export type Revision = (typeof REVISIONS)[number]
export type DoorName = (typeof DOORS)[number]

/** What came of one revision at one door. */
export interface Verdict {
  required: string[]
  /** Required scenarios that did not pass. */
  missing: string[]
}

/** The official conformance suite before a stack that has its fixtures. */
export interface Conformance extends AsyncDisposable {
  run(revision: Revision, door: DoorName): Promise<Verdict>
}

const SUITE = fileURLToPath(
  new URL('../../node_modules/@modelcontextprotocol/conformance/dist/index.js', import.meta.url),
)
const execute = promisify(execFile)

export async function startConformance(): Promise<Conformance> {
  await using starting = new AsyncDisposableStack()
  const stack = starting.use(await startStack())
  const edge = starting.use(await startEdge(stack))
  await publishFixtures(stack)
  const results = await mkdtemp(join(tmpdir(), 'mcpbox-conformance-'))
  starting.defer(() => rm(results, { recursive: true }))
  const urls = { edge: edge.signedIn, local: theOrigin(stack).mcp }
  const running = starting.move()
  return {
    async run(revision, door) {
      const required = await requiredScenarios(revision)
      const url = new URL('/mcp', urls[door]).href
      const passed = passedIn(
        await said(['server', '--url', url, '--requirements', revision, '-o', results]),
      )
      return { required, missing: required.filter((name) => !passed.has(name)) }
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

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

async function requiredScenarios(revision: Revision): Promise<string[]> {
  const listed = await said(['list', '--server', '--requirements', revision])
  const section = /^Server scenarios.*\n((?: {2}- \S+\n)+)/m.exec(listed)?.[1]
  if (section === undefined) throw new Error(`the suite requires nothing for ${revision}`)
  return [...section.matchAll(/- (\S+)/g)].map(([, name]) => name ?? '')
}

function passedIn(report: string): Set<string> {
  const marks = [...report.matchAll(/^([✓✗]) (\S+): \d+ passed/gmu)]
  return new Set(marks.filter(([, mark]) => mark === '✓').map(([, , name]) => name ?? ''))
}

/** What the suite prints. It fails for scenarios that nobody requires, too: that is not looked at. */
async function said(args: string[]): Promise<string> {
  const options = { maxBuffer: 64 * 1024 * 1024 }
  const { stdout } = await execute(process.execPath, [SUITE, ...args], options).catch(
    (failed: unknown) => {
      if (isReport(failed)) return failed
      throw failed
    },
  )
  return stdout
}

function isReport(failed: unknown): failed is { stdout: string } {
  const report = z.object({ code: z.literal(1), stdout: z.string().min(1) })
  return report.safeParse(failed).success
}

function theOrigin({ origins: [origin] }: Stack) {
  if (origin === undefined) throw new Error('the stack has no origin')
  return origin
}

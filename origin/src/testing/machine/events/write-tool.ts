import * as fc from 'fast-check'
import { z } from 'zod'
import { wireName } from '#contract/names.ts'
import { agent, AGENTS, anyAgent, anyServer, anyTool, HOSTS, place, SECRETS } from '../choices.ts'
import { eventKind } from '../event.ts'
import { factsOf, refusedWith } from '../facts.ts'
import type { Final, World } from '../world.ts'

/** What is written, by whom. */
export const written = place.extend({
  by: agent,
  /** Texts of one tool that differ in this alone are different texts. */
  text: z.int(),
  fails: z.boolean(),
  secrets: z.array(z.enum(SECRETS)),
  hosts: z.array(z.enum(HOSTS)),
  /** With a test that passes where it does not fail. */
  tested: z.boolean(),
})
type Write = z.infer<typeof written>

const Stored = z.object({ hash: z.string(), next: z.string() })

export const anyWritten = fc.record({
  server: anyServer,
  tool: anyTool,
  by: anyAgent,
  text: fc.nat(2),
  fails: fc.nat(5).map((n) => n === 5),
  secrets: few(SECRETS),
  hosts: few(HOSTS),
  tested: fc.boolean(),
})

/** None of them half of the time. */
function few<T>(all: readonly T[]): fc.Arbitrary<T[]> {
  return fc.oneof(fc.constant<T[]>([]), fc.subarray([...all]))
}

/** What each tool of the machine gives fits. */
const TEST = { name: 'It says something.', schema: { type: 'object' } }

/** An assistant writes a tool, or, where it has written one, the next version of it. */
export const writeTool = eventKind({
  name: 'write tool',
  weight: 2,
  schema: written,
  arbitrary: anyWritten,
  happen: write,
})

async function write(world: World, event: Write): Promise<void> {
  const { server, tool, by, secrets, hosts, tested } = event
  const as = AGENTS[by]
  const code = codeOf(event)
  const args = { server, name: tool, code, secrets, hosts, tests: tested ? [TEST] : [] }
  const created = await world.agent(as, 'mcpbox_create_tool', args)
  if (refusedWith(created) === 'server_unknown') {
    const made = await world.agent(as, 'mcpbox_create_server', { name: server })
    if (made.type === 'result') world.ledger.done({ action: 'server.created', subject: server })
    note(world, event, 'tool.created', await world.agent(as, 'mcpbox_create_tool', args))
  } else if (refusedWith(created) === 'name_taken')
    note(world, event, 'version.drafted', await world.agent(as, 'mcpbox_update_tool', args))
  else note(world, event, 'tool.created', created)
}

function note({ ledger }: World, event: Write, action: string, end: Final): void {
  const { server, tool, secrets, hosts, tested } = event
  const stored = factsOf(Stored, end)
  if (stored === null) return
  const lines = [...hosts.map((host) => `host ${host}`), ...secrets.map((name) => `secret ${name}`)]
  ledger.written.set(stored.hash, { code: codeOf(event), lines: lines.toSorted(), tested })
  if (stored.next === 'Nothing changed.') return
  const isTestsOnly = stored.next.startsWith('Only its tests')
  ledger.done({
    action: isTestsOnly ? 'tests.changed' : action,
    subject: wireName(server, tool),
    details: { hash: stored.hash },
  })
}

function codeOf({ fails, text }: Write): string {
  return `def main():\n    ${fails ? 'raise' : 'return'} ${text}\n`
}

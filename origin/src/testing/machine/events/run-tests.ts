import * as fc from 'fast-check'
import { z } from 'zod'
import { wireName } from '#contract/names.ts'
import { agent, AGENTS, anyAgent, anyServer, anyTool, place } from '../choices.ts'
import { eventKind } from '../event.ts'
import { factsOf } from '../facts.ts'

const Ran = z.object({ hash: z.string() })

/** An assistant runs the tests that a tool ships with. */
export const runTests = eventKind({
  name: 'run tests',
  schema: place.extend({ by: agent }),
  arbitrary: fc.record({ server: anyServer, tool: anyTool, by: anyAgent }),
  async happen(world, { server, tool, by }) {
    const end = await world.agent(AGENTS[by], 'mcpbox_run_tests', { server, name: tool })
    const ran = factsOf(Ran, end)
    if (ran === null) return
    const subject = wireName(server, tool)
    world.ledger.done({ action: 'tests.ran', subject, details: { hash: ran.hash } })
  },
})

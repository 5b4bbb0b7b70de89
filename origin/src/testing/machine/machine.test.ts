import { afterAll, expect, test } from 'vitest'
import { explore, inWords, replay } from './machine.ts'
import { openGround } from './world.ts'

/*
 * `MCPBOX_TEST_MACHINE_SEQUENCES=5000` plays more, `MCPBOX_TEST_MACHINE_SEED` the same ones again, and
 * `MCPBOX_TEST_MACHINE_REPLAY` one, as it was printed.
 */

/** How many sequences are played, and from which seed; or the one that is played again. */
const sequences = Number(process.env['MCPBOX_TEST_MACHINE_SEQUENCES'] ?? 120)
const seed = Number(process.env['MCPBOX_TEST_MACHINE_SEED'] ?? Date.now() % 2 ** 31)
const again = process.env['MCPBOX_TEST_MACHINE_REPLAY']

const ground = await openGround()
afterAll(() => ground[Symbol.asyncDispose]())

test.skipIf(again !== undefined)(
  'whatever agents, admins, calls and crashes do in whatever order: what was approved is what runs, no decision is lost, no secret is shown, and activity tells all',
  async () => {
    const explored = await explore(ground, { sequences, seed })
    console.log(inWords(explored))
    expect(explored.failure === null ? '' : inWords(explored)).toBe('')
    // One that reaches nothing shows nothing.
    const seldom = Object.entries(explored.reached).filter(
      ([, times]) => times < Math.floor(sequences / 100),
    )
    expect(seldom).toEqual([])
  },
  60_000 + sequences * 2_000,
)

test.runIf(again !== undefined)('the sequence that is played again holds', async () => {
  await expect(replay(ground, again ?? '[]')).resolves.toBeUndefined()
})

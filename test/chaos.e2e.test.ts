import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { ExecutionList } from '#contract/admin-api.ts'
import { seeded } from '#gateway/testing/random.ts'
import { converse, TOOLS, type ClientCall } from './chaos/conversation.ts'
import { ALL, DISTURBANCES, type Disturbance, type Scene } from './chaos/disturbances.ts'
import { publish } from './publish.ts'
import { PERSON, startEdge, startStack } from './stack.ts'
import { startTunnel } from './tunnel/tunnel.ts'

/** Everything between clients and their tools is disturbed, one thing after the other, while they talk. */

const CONVERSATIONS = 200
const AT_A_TIME = 24
/** `MCPBOX_TEST_SEED` repeats what was chosen; how it meets, no seed says. */
const SEED = Number(process.env['MCPBOX_TEST_SEED'] ?? Date.now() % 1_000_000)
const LONGEST_MS = 240_000

const running = new AsyncDisposableStack()
let scene: Scene
let person: URL

beforeAll(async () => {
  const stack = running.use(
    await startStack({
      databaseServer: inject('postgresUrl'),
      origins: 2,
      env: { LOG_LEVEL: 'silent' },
    }),
  )
  const edge = running.use(await startEdge(stack))
  // The platform always has a Worker for a request.
  const headers = { 'cf-access-jwt-assertion': await edge.access.token(PERSON) }
  const street = running.use(await startTunnel([edge.worker], { patienceMs: 20_000, headers }))
  person = street.url
  scene = { stack, edge, street }
  await publish(stack, person, 'chaos', TOOLS)
})

afterAll(() => running.disposeAsync())

test(
  'no call fails and none runs twice, whatever breaks on the way',
  { timeout: LONGEST_MS },
  async () => {
    const calls: ClientCall[] = []
    const disturbed: string[] = []
    const now = () => new Date().toISOString()
    const talking = { isOver: false }

    async function talk(random = seeded(SEED)): Promise<void> {
      let next = 0
      const visitor = async () => {
        while (next < CONVERSATIONS) {
          next += 1
          await converse(person, seeded(random.below(2 ** 31)), (call) => calls.push(call))
        }
      }
      await Promise.all(Array.from({ length: AT_A_TIME }, visitor))
      talking.isOver = true
    }

    async function disturb(random = seeded(SEED + 1)): Promise<void> {
      const left: Disturbance[] = []
      while (!talking.isOver) {
        if (left.length === 0) left.push(...ALL)
        const [what = ALL[0]] = left.splice(random.below(left.length), 1)
        const from = now()
        await DISTURBANCES[what](scene, random)
        disturbed.push(`${from} to ${now()}: ${what}`)
        // Some calls go well between two disturbances, so that the next one meets others.
        const enough = calls.length + 5 + random.below(20)
        await expect.poll(() => talking.isOver || calls.length >= enough, POLL).toBe(true)
      }
    }

    await Promise.all([talk(), disturb()])

    const told = `seed ${SEED}, ${calls.length} calls in ${now()}\n${disturbed.join('\n')}`
    console.log(told)
    const executions = await executionsByToken()
    const faults = calls.flatMap((call) => {
      const outcomes = executions.get(call.token) ?? []
      return isWhole(call) && outcomes.length === 1 ? [] : [JSON.stringify({ ...call, outcomes })]
    })
    expect(faults).toEqual([])
    for (const what of ALL) expect(disturbed.join('\n')).toContain(what)
  },
)

const POLL = { timeout: 60_000, interval: 20 }

/** Answered, and with all that was said on the way, each once and in its order. */
function isWhole({ result, token, progress, steps }: ClientCall): boolean {
  const all = Array.from({ length: steps }, (_, n) => n + 1)
  return result?.structured['token'] === token && progress.join() === all.join()
}

/** The outcome of each run of each call, as the origin recorded it. */
async function executionsByToken(): Promise<Map<unknown, string[]>> {
  const outcomes = new Map<unknown, string[]>()
  for (const tool of Object.keys(TOOLS)) {
    const { items: executions } = ExecutionList.parse(
      await scene.stack.read(`/api/executions?tool=chaos__${tool}&limit=500`),
    )
    for (const { outcome, arguments: args, started_at, duration_ms } of executions)
      outcomes.set(args['token'], [
        ...(outcomes.get(args['token']) ?? []),
        `${outcome} ${started_at} ${duration_ms}`,
      ])
  }
  return outcomes
}

import * as fc from 'fast-check'
import { z } from 'zod'
import { JsonObject } from '#contract/json.ts'
import type { EventKind, Happening } from './event.ts'
import { assertAll } from './invariants/all.ts'
import { KINDS } from './kinds.ts'
import type { KeptActivity } from './kept.ts'
import { Ledger } from './ledger.ts'
import { World, type Build, type Ground } from './world.ts'

/** One sequence: what happened in it so far, and what was kept after that. */
interface Course {
  happened: JsonObject[]
  activity: KeptActivity[]
}

/** How a sequence failed. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly events: readonly JsonObject[]

  constructor(events: readonly JsonObject[], cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.events = events
  }
}

/** One event of a sequence, for fast-check: it can happen at any time. */
class Step implements fc.AsyncCommand<Course, World> {
  readonly #happening: Happening

  constructor(happening: Happening) {
    this.#happening = happening
  }

  check(): boolean {
    return true
  }

  async run(course: Course, world: World): Promise<void> {
    await take(this.#happening, course, world)
  }

  toString(): string {
    return JSON.stringify(this.#happening.said)
  }
}

async function take(happening: Happening, course: Course, world: World): Promise<void> {
  course.happened.push(happening.said)
  try {
    await happening.happen(world)
    course.activity = await assertAll(world, course.activity)
  } catch (fault) {
    throw new Failure(course.happened, fault)
  }
}

type Rare = Ledger['reached']

const RARE = Object.keys(new Ledger().reached) as (keyof Rare)[]

interface Reached extends Rare {
  runs: number
  approvals: number
  rejections: number
  secrets: number
  deaths: number
}

/** How much is played. */
interface Extent {
  sequences: number
  seed: number
  /** Most events of one sequence. */
  longest?: number
  /** What happens in it; left out, everything that can. */
  kinds?: readonly EventKind[]
}

/** What came of many random sequences. */
export interface Explored {
  seed: number
  sequences: number
  steps: number
  /** What came to pass in all of them. */
  reached: Reached
  /** The shortest sequence that fails, when one does. */
  failure: Failure | null
}

/**
 * Plays random sequences of events, looking at all invariants after each. One that fails is made
 * shorter and simpler as long as it still fails.
 */
export async function explore(
  ground: Ground,
  { sequences, seed, longest = 40, kinds = KINDS, ...build }: Build & Extent,
): Promise<Explored> {
  let steps = 0
  const reached: Reached = {
    ...new Ledger().reached,
    runs: 0,
    approvals: 0,
    rejections: 0,
    secrets: 0,
    deaths: 0,
  }
  const commands = kinds.flatMap(({ weight, arbitrary }) =>
    Array.from({ length: weight }, () => arbitrary.map((happening) => new Step(happening))),
  )
  const property = fc.asyncProperty(
    fc.commands(commands, { maxCommands: longest, size: 'max' }),
    async (chosen) => {
      await ground.clear()
      await using world = new World(ground, build)
      const model: Course = { happened: [], activity: [] }
      await fc.asyncModelRun(() => ({ model, real: world }), chosen)
      steps += model.happened.length
      reached.runs += world.sandbox.begun.length
      const approved = world.ledger.decisions.filter(({ state }) => state === 'approved')
      reached.approvals += approved.length
      reached.rejections += world.ledger.decisions.length - approved.length
      reached.secrets += world.ledger.hidden.size
      reached.deaths += world.deaths
      for (const name of RARE) reached[name] += world.ledger.reached[name]
    },
  )
  const { failed, errorInstance, numRuns } = await fc.check(property, {
    numRuns: sequences,
    seed,
  })
  if (failed && !(errorInstance instanceof Failure)) throw errorInstance
  const failure = errorInstance instanceof Failure ? errorInstance : null
  return { seed, sequences: numRuns, steps, reached, failure }
}

/** Plays one sequence, as {@link inWords} printed it. @throws Failure */
export async function replay(ground: Ground, text: string, build: Build = {}): Promise<void> {
  const events = z.array(JsonObject).parse(JSON.parse(text))
  await ground.clear()
  await using world = new World(ground, build)
  const course: Course = { happened: [], activity: [] }
  for (const said of events) {
    const kind = KINDS.find(({ name }) => name === said['event'])
    if (kind === undefined) throw new Error(`there is no event ${JSON.stringify(said['event'])}`)
    await take(kind.read(said), course, world)
  }
}

/** What was found, for people: how to play it again. */
export function inWords({ seed, sequences, steps, reached, failure }: Explored): string {
  if (failure === null)
    return `Seed ${seed}: all holds in ${sequences} sequences of ${steps} steps: ${JSON.stringify(reached)}.`
  const events = failure.events.map((event) => `  ${JSON.stringify(event)}`).join(',\n')
  return `After ${sequences} sequences of seed ${seed}, shrunk to ${failure.events.length} events: ${failure.message}\nMCPBOX_TEST_MACHINE_REPLAY='[\n${events}\n]' plays them again.`
}

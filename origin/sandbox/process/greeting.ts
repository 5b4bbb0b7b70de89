import { z } from 'zod'
import type { Isolation, RunLimits } from '#contract/sandbox.ts'
import { missingLayers } from '../levels/layers.ts'
import { type Child, startChild } from './child.ts'
import { type Confinement, planFor } from './plan.ts'

/** What a child says of itself before it is given anything. */
const Greeting = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), layers: z.array(z.string()) }),
  z.object({ type: z.literal('unconfined'), layer: z.string(), reason: z.string() }),
])

const HELLO_DEADLINE_MS = 10_000

/** The child did not become what was promised. It is dead and has seen nothing. */
export class NotConfined extends Error {
  readonly layer: string

  constructor(layer: string, reason: string) {
    super(reason)
    this.layer = layer
  }
}

export type ConfinedChild = { child: Child; isolation: Isolation }

/**
 * Starts a child and has it confine itself. Resolves when it has proven every layer of the level;
 * otherwise kills it and rejects with NotConfined. The caller owns the child and must kill it.
 */
export async function startConfined(
  confinement: Confinement,
  limits: RunLimits,
): Promise<ConfinedChild> {
  const child = started(confinement)
  try {
    child.send(planFor(confinement, limits))
    const { layers } = await hello(child)
    const [missing] = missingLayers(confinement.level, layers)
    if (missing !== undefined) throw new NotConfined(missing, 'the process did not prove it')
    return { child, isolation: { level: confinement.level, layers } }
  } catch (error) {
    child.kill()
    throw error
  }
}

function started({ interpreter }: Confinement): Child {
  try {
    return startChild(interpreter.executable)
  } catch (error) {
    throw new NotConfined('start', error instanceof Error ? error.message : String(error))
  }
}

async function hello(child: Child): Promise<{ layers: string[] }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ layers: string[] }>()
  child.listen({
    message: (message) => {
      const greeting = Greeting.safeParse(message)
      if (!greeting.success) reject(new NotConfined('start', 'its first words were no greeting'))
      else if (greeting.data.type === 'hello') resolve(greeting.data)
      else reject(new NotConfined(greeting.data.layer, greeting.data.reason))
    },
    fault: (fault) => reject(new NotConfined('start', fault.message)),
    traffic: () => undefined,
  })
  void child.gone.then(({ complaint }) => reject(endedEarly(complaint)))
  const late = new NotConfined('start', `it was not ready after ${HELLO_DEADLINE_MS} ms`)
  const timer = setTimeout(() => reject(late), HELLO_DEADLINE_MS)
  return promise.finally(() => clearTimeout(timer))
}

function endedEarly(complaint: string): NotConfined {
  const last = complaint.split('\n').at(-1)
  return new NotConfined('start', last ? `it ended: ${last}` : 'it ended without a word')
}

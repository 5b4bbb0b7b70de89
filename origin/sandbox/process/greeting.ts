import { z } from 'zod'
import type { Isolation } from '#contract/sandbox.ts'
import { missingLayers, type Promised } from '../levels/layers.ts'
import type { Child, End } from './child.ts'
import { NotConfined } from './not-confined.ts'

/** What a child says of itself before it is given anything. */
const Greeting = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), layers: z.array(z.string()) }),
  z.object({ type: z.literal('unconfined'), layer: z.string(), reason: z.string() }),
])

const HELLO_DEADLINE_MS = 10_000

export type ConfinedChild = { child: Child; isolation: Isolation }

/**
 * Waits for a child to have confined itself. Resolves when it has proven every layer that was promised;
 * otherwise kills it and rejects with NotConfined. The caller owns the child and must kill it.
 */
export async function greet(child: Child, promised: Promised): Promise<ConfinedChild> {
  try {
    const { layers } = await hello(child)
    const [missing] = missingLayers(promised, layers)
    if (missing !== undefined) throw new NotConfined(missing, 'the process did not prove it')
    return { child, isolation: { level: promised.level, layers } }
  } catch (error) {
    child.kill()
    throw error
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
  let greeted = false
  // Errors are made when they are needed: their stacks cost more than all else here.
  async function refuseTheEnded(): Promise<void> {
    const end = await child.gone
    if (!greeted) reject(endedEarly(end))
  }
  void refuseTheEnded()
  const timer = setTimeout(() => {
    reject(new NotConfined('start', `it was not ready after ${HELLO_DEADLINE_MS} ms`))
  }, HELLO_DEADLINE_MS)
  try {
    const said = await promise
    greeted = true
    return said
  } finally {
    clearTimeout(timer)
  }
}

function endedEarly(end: End): NotConfined {
  if (end.account === null) return new NotConfined('start', end.lost)
  const { code, signal } = end.account
  const how = signal === null ? `exit code ${code}` : `signal ${signal}`
  return new NotConfined('start', `it ended before it was ready (${how})`)
}

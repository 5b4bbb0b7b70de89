import type * as fc from 'fast-check'
import type { z } from 'zod'
import type { JsonObject } from '#contract/json.ts'
import type { World } from './world.ts'

/** One thing that happens, as a replay says it: `{"event":"…", …}`. */
export interface Happening {
  said: JsonObject
  happen(world: World): Promise<void>
}

/** One kind of thing that can happen at any time. A new kind is a file in `events/` and a line in `kinds.ts`. */
export interface EventKind {
  name: string
  /** How often it happens, beside the others. */
  weight: number
  arbitrary: fc.Arbitrary<Happening>
  /** @throws when this is no event of this kind */
  read(said: JsonObject): Happening
}

/**
 * @param happen does it, and tells the ledger what those who did it were told; a refusal is no
 *   failure, whatever it is
 */
export function eventKind<E extends JsonObject>(kind: {
  name: string
  weight?: number
  schema: z.ZodType<E>
  arbitrary: fc.Arbitrary<E>
  happen(world: World, event: E): Promise<void>
}): EventKind {
  const happening = (event: E): Happening => ({
    said: { event: kind.name, ...event },
    happen: (world) => kind.happen(world, event),
  })
  return {
    name: kind.name,
    weight: kind.weight ?? 1,
    arbitrary: kind.arbitrary.map(happening),
    read: ({ event: _name, ...said }) => happening(kind.schema.parse(said)),
  }
}

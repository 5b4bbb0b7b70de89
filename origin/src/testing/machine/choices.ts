import * as fc from 'fast-check'
import { z } from 'zod'
import { ALICE, BOB } from '../engines.ts'
import { ADMINS } from './world.ts'

/** What events choose from: few names, so that events meet. */

export const SERVERS = ['notes', 'weather'] as const
export const TOOLS = ['read', 'write'] as const
export const SECRETS = ['API_KEY', 'PASSWORD'] as const
export const HOSTS = ['api.example.com', '*.example.com'] as const
/** Assistants by name: they are who asks. */
export const AGENTS = { ada: ALICE, ben: BOB } as const

export const place = z.object({ server: z.enum(SERVERS), tool: z.enum(TOOLS) })
export const agent = z.enum(['ada', 'ben'])
export const admin = z.enum(ADMINS)
/** Picks one of what there is, however many. */
export const pick = z.int().nonnegative()

export const anyServer = mostly(...SERVERS)
export const anyTool = mostly(...TOOLS)
export const anySecret = mostly(...SECRETS)
export const anyAgent = fc.constantFrom('ada' as const, 'ben' as const)
export const anyAdmin = fc.constantFrom(...ADMINS)
export const anyPick = fc.nat(3)

/** The first of two far more often. */
function mostly<T>(first: T, second: T): fc.Arbitrary<T> {
  return fc.oneof(
    { arbitrary: fc.constant(first), weight: 4 },
    { arbitrary: fc.constant(second), weight: 1 },
  )
}

export function picked<T>(from: readonly T[], at: number): T | undefined {
  return from.length === 0 ? undefined : from[at % from.length]
}

import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'

const KeyPair = z.object({
  /** Names the pair, and the rotation that it came with. */
  id: z.uuid(),
  /** Travels with each request of the Worker. */
  serviceToken: z.string().min(32),
  /** Signs the Worker's statements; never travels. Good only with the service token of its pair. */
  assertionKey: z.string().min(32),
})
/** The two secrets between the Worker and the origin (docs/decisions/0002). */
export type KeyPair = z.infer<typeof KeyPair>

/** What the tunnel door knows: the pair in force, the next one while a rotation is under way. */
export const KeyRing = z.object({
  current: KeyPair,
  next: KeyPair.nullable(),
  /** SHA-256 in hex of service tokens that were in force, the last one first. */
  retired: z.array(z.string()),
})
export type KeyRing = z.infer<typeof KeyRing>

/** What somebody holds whose service token is not good. */
export type Holding = 'none' | 'retired' | 'unknown'

const RETIRED_KEPT = 5

function freshPair(): KeyPair {
  const key = () => randomBytes(32).toString('base64url')
  return { id: randomUUID(), serviceToken: key(), assertionKey: key() }
}

export function freshRing(): KeyRing {
  return { current: freshPair(), next: null, retired: [] }
}

/** Begun twice, it is one rotation. */
export function begun(ring: KeyRing): KeyRing & { next: KeyPair } {
  return { ...ring, next: ring.next ?? freshPair() }
}

/**
 * The ring after the rotation `id`: its pair is in force and the old one no longer good.
 * @returns null when that rotation is neither under way nor the last one that was finished.
 */
export function finished(ring: KeyRing, id: string): KeyRing | null {
  if (ring.current.id === id) return ring
  if (ring.next?.id !== id) return null
  const retired = [digestOf(ring.current.serviceToken), ...ring.retired].slice(0, RETIRED_KEPT)
  return { current: ring.next, next: null, retired }
}

/** The pair that this service token belongs to, if it is good. Takes the same time for every token. */
export function pairOf(ring: KeyRing, serviceToken: string): KeyPair | null {
  const given = sha256(serviceToken)
  const good = (pair: KeyPair) => timingSafeEqual(given, sha256(pair.serviceToken))
  const current = good(ring.current)
  const next = ring.next !== null && good(ring.next)
  if (current) return ring.current
  return next ? ring.next : null
}

/** What the holder of a service token that is not good holds. */
export function holding(ring: KeyRing, serviceToken: string): Holding {
  if (serviceToken === '') return 'none'
  return ring.retired.includes(digestOf(serviceToken)) ? 'retired' : 'unknown'
}

const sha256 = (text: string) => createHash('sha256').update(text).digest()
const digestOf = (serviceToken: string) => sha256(serviceToken).toString('hex')

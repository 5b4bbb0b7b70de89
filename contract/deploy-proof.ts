import { z } from 'zod'

/**
 * `GET /health/origin` at the Worker: whether it reaches the origin with the secrets it holds. It
 * answers {@link OriginReached} only to whoever proves, in this header, to know the Worker's
 * service token: hex HMAC-SHA256 (RFC 2104) of `health/origin:<minute>` under that token, where
 * the minute is Unix time divided by 60, whole.
 */
export const DEPLOY_PROOF_HEADER = 'x-mcpbox-deploy-proof'
export const ORIGIN_HEALTH_PATH = '/health/origin'

export const OriginReached = z.object({ status: z.literal('ok') })
export type OriginReached = z.infer<typeof OriginReached>

const HEX = /^[0-9a-f]{64}$/

/** The proof of knowing `serviceToken`, good in the minute of `atMs` (Unix time, ms) and the next. */
export async function deployProof(serviceToken: string, atMs: number): Promise<string> {
  return hex(await crypto.subtle.sign('HMAC', await keyOf(serviceToken), message(minuteOf(atMs))))
}

/**
 * True when `given` was made with `serviceToken` in the minute of `atMs` or the one before.
 * Compared by the platform's own verification, whose time does not tell where two proofs differ.
 */
export async function isDeployProof(
  given: string | null,
  serviceToken: string,
  atMs: number,
): Promise<boolean> {
  if (given === null || !HEX.test(given) || serviceToken === '') return false
  const key = await keyOf(serviceToken)
  const signature = Uint8Array.from(given.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  const minute = minuteOf(atMs)
  const verdicts = await Promise.all(
    [minute, minute - 1].map((one) => crypto.subtle.verify('HMAC', key, signature, message(one))),
  )
  return verdicts.includes(true)
}

/**
 * `GET /ping` at the tunnel door: what only the origin can answer, whatever stands in its place. Hex
 * HMAC-SHA256 of `pong:<id of the request>` under the assertion key of the pair that let it in.
 */
export const Pong = z.object({ pong: z.string() })
export type Pong = z.infer<typeof Pong>

export async function pongTo(requestId: string, assertionKey: string): Promise<string> {
  const text = new TextEncoder().encode(`pong:${requestId}`)
  return hex(await crypto.subtle.sign('HMAC', await keyOf(assertionKey), text))
}

function keyOf(secret: string): Promise<CryptoKey> {
  const bytes = new TextEncoder().encode(secret)
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
    'verify',
  ])
}

const minuteOf = (atMs: number) => Math.floor(atMs / 60_000)
const message = (minute: number) => new TextEncoder().encode(`health/origin:${minute}`)
const hex = (bytes: ArrayBuffer) =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')

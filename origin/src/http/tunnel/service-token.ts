import { refuse } from '../../domain/refusal.ts'
import type { Holding, KeyPair } from '../../domain/tunnel-keys/key-ring.ts'
import type { Logger } from '../../log.ts'
import type { KnownKeys } from './known-keys.ts'

/** Which side is stale, and what to do, for the log. */
const DIAGNOSES: Record<Holding, { stale: string; sentence: string }> = {
  none: {
    stale: 'neither',
    sentence:
      'service token mismatch: this request came without a service token, so not from the Worker; see who else reaches the tunnel door',
  },
  retired: {
    stale: 'worker',
    sentence:
      'service token mismatch: the Worker is stale, it holds a token from before a rotation; run: npx mcpbox deploy-worker --set-secrets',
  },
  unknown: {
    stale: 'worker or origin',
    sentence:
      'service token mismatch: the Worker holds a token that this origin does not know, because another origin deployed it or this database is older than it; run: npx mcpbox deploy-worker --set-secrets',
  },
}

/**
 * The key pair of the service token that came with a request. A wrong one is logged in one line,
 * without the token.
 * @throws Refusal service_token_mismatch
 */
export async function keyPairOf(
  given: string | undefined,
  keys: KnownKeys,
  log: Logger,
  requestId: string,
): Promise<KeyPair> {
  const match = await keys.match(given ?? '')
  if (match.pair !== null) return match.pair
  const { stale, sentence } = DIAGNOSES[match.holds]
  log.warn({ door: 'tunnel', request_id: requestId, stale }, sentence)
  return refuse(
    'service_token_mismatch',
    'The service token of the Worker is not the one of this origin; deploy the Worker’s secrets again.',
  )
}

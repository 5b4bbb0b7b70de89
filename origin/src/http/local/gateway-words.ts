import { OriginRefusal } from '#gateway/origin.ts'
import { toRefusal } from '../../domain/database-away.ts'

/** Throws what the gateway tells its client: a refusal in its own words, and any other fault as it is. */
export function inGatewayWords(fault: unknown): never {
  const refusal = toRefusal(fault)
  throw refusal === null ? fault : new OriginRefusal(refusal.problem)
}

import { decodeJwt } from 'jose'
import { ASSERTION_HEADER } from '#contract/assertion.ts'
import type { Asked } from './weather.ts'

/** Whom the Worker speaks for in a request to the origin, as `principalKey` writes it. */
export function spokenFor({ headers }: Asked): string {
  const assertion = headers[ASSERTION_HEADER.toLowerCase()]
  return typeof assertion === 'string' ? (decodeJwt(assertion).sub ?? '') : ''
}

import type { Exchange } from '../exchange.ts'

/**
 * One habit of real clients that the protocol's own rules would break on. It gives back the
 * exchange as the rest should see it, or the answer when there is nothing left to do.
 */
export type Quirk = (exchange: Exchange) => Exchange | Response

import { z } from 'zod'
import { LineKind } from './manifest.ts'

/** Lines that one answer to a withdrawal may name; no manifest has so many. */
export const MOST_WITHDRAWALS = 500

/**
 * A line of a manifest that a run loses: so many milliseconds after the sandbox heard of it, by the
 * sandbox's own clock; 0 is at once. The earliest end counts, so a later word gives nothing back.
 */
export const Withdrawal = z.strictObject({
  kind: LineKind,
  value: z.string().max(470),
  in_ms: z.int().nonnegative(),
})
export type Withdrawal = z.infer<typeof Withdrawal>

/** The body of `POST /runs/:id/withdrawals`. What it says of a run that has yet to come holds too. */
export const WithdrawRequest = z.strictObject({
  withdrawals: z.array(Withdrawal).min(1).max(MOST_WITHDRAWALS),
})
export type WithdrawRequest = z.infer<typeof WithdrawRequest>

import type { Proofs } from '../domain/policies/proofs.ts'

/** Where no version has tests, none has passed any. */
export const NOTHING_PROVEN: Proofs = { testsPass: async () => false }

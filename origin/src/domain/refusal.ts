import type { Problem, ProblemCode } from '#contract/problem.ts'

/** An expected no. The sentence is for the one who asked; it names what to do where there is something. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly problem: Problem

  constructor(code: ProblemCode, message: string) {
    super(message)
    this.problem = { code, message }
  }
}

/**
 * Refuses what was asked, in words for the one who asked. It never returns; `return refuse(…)` only
 * tells the compiler so.
 */
export function refuse(code: ProblemCode, message: string): never {
  throw new Refusal(code, message)
}

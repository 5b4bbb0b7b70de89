/** What the kernel does with a call (seccomp(2), "return values"). */
export type Action = 'allow' | 'kill' | { errno: keyof typeof ERRNO }

/** errno(3) values that a filter may answer with. */
export const ERRNO = { EPERM: 1, EACCES: 13, ENOTTY: 25, ENOSYS: 38 } as const

/**
 * A condition on one argument. `is`: the low 32 bits are one of the values, for arguments that the
 * kernel reads as int. `bits`: (argument & mask) equals `value`. `notBits`: it does not.
 * `null`: all 64 bits are zero, for pointers.
 */
export type Condition =
  | { arg: number; is: number[] }
  | { arg: number; bits: number; value: number }
  | { arg: number; notBits: number; value: number }
  | { arg: number; null: true }

/** One call's fate; a conditional one is allowed when every condition holds, of either list. */
export type Rule = Action | { allowWhen: Condition[]; orWhen?: Condition[]; otherwise: Action }

/** Rules by name; `unlisted` for calls that the table knows, `unknown` for newer ones. */
export type Policy = {
  rules: ReadonlyMap<string, Rule>
  unlisted: Action
  unknown: Action
}

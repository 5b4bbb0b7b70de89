import { expect } from 'vitest'
import type { Outcome } from '#contract/sandbox.ts'
import { python } from './programs.ts'
import type { Call, Sandbox } from './sandbox.ts'

/** Everything an attacker could ask an inattentive owner to approve. */
const EVERY_MODULE = `
  _thread array asyncio atexit ctypes errno fcntl gc glob marshal mmap multiprocessing os pathlib pickle pwd
  resource select shutil signal socket sqlite3 stat subprocess sys tempfile threading time
`
  .trim()
  .split(/\s+/)

/** Runs an attack with every module granted, so that only the kernel stands in its way. */
export async function attack(sandbox: Sandbox, code: string, call: Call = {}): Promise<Outcome> {
  const granted = { ...call, modules: [...EVERY_MODULE, ...(call.modules ?? [])] }
  return (await sandbox.run(code, granted)).outcome
}

/** The kernel's ways to say no, as Python tells them. */
export const KERNEL_REFUSALS = [
  'PermissionError',
  'FileNotFoundError',
  'OSError',
  'gaierror',
  'BlockingIOError',
]

const ATTEMPTS = python`
  def main(attempts):
      seen = {}
      for name, statement in attempts.items():
          try:
              exec(statement, globals())
              seen[name] = 'it worked'
          except BaseException as error:
              seen[name] = type(error).__name__
      return seen
`

/**
 * Tries statements one after the other in one call and gives those that met no refusal of the
 * kernel. `setup` is top-level code; what it imports is there for every statement.
 */
export async function unbarred(
  sandbox: Sandbox,
  setup: string,
  attempts: Record<string, string>,
): Promise<string[]> {
  const outcome = await attack(sandbox, `${setup}\n${ATTEMPTS}`, { input: { attempts } })
  if (outcome.kind !== 'ok') return [JSON.stringify(outcome)]
  const seen = outcome.value as Record<string, string>
  return Object.keys(attempts)
    .filter((name) => !KERNEL_REFUSALS.includes(seen[name] ?? 'never tried'))
    .map((name) => `${name}: ${seen[name]}`)
}

/** The outcome of a whole program that met a refusal of the kernel. */
export const BARRED = {
  kind: 'failed',
  failure: { type: expect.stringMatching(`^(${KERNEL_REFUSALS.join('|')})$`) as string },
}

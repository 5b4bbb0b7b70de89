import { IsolationLevel, type Isolation } from '#contract/sandbox.ts'

/**
 * Checks that a sandbox, wherever it runs, confines as well as its owner demands.
 * @throws with what it reaches and what it must.
 */
export function assertIsolated({ level }: Isolation, minimum: IsolationLevel): void {
  const strength = IsolationLevel.options
  if (strength.indexOf(level) > strength.indexOf(minimum))
    throw new Error(
      `The sandbox reaches isolation ${level}; MCPBOX_SANDBOX_MIN demands ${minimum}. Its /health says what is missing and what would help.`,
    )
}

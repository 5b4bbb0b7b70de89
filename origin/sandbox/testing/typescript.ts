import type { Outcome } from '#contract/sandbox.ts'
import { analyzeConfined } from '../calls/analyze.ts'
import type { Call, Sandbox } from './sandbox.ts'

/** Runs a tool in TypeScript, as it is. */
export async function runTypeScript(
  sandbox: Sandbox,
  code: string,
  call: Call = {},
): Promise<Outcome> {
  const { outcome } = await sandbox.run(code, { ...call, language: 'typescript' })
  return outcome
}

/** Runs it with its arguments checked by the schema that reading it gives. */
export async function readAndRun(
  sandbox: Sandbox,
  code: string,
  call: Call = {},
): Promise<Outcome> {
  const source = { language: 'typescript' as const, code }
  const signal = new AbortController().signal
  const analysis = await analyzeConfined(sandbox.forkServer)(source, signal)
  if (!analysis.valid) throw new Error(`line ${analysis.line}: ${analysis.message}`)
  return runTypeScript(sandbox, code, { ...call, inputSchema: analysis.input_schema })
}

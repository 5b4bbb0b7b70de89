import { z } from 'zod'
import { CALL_MEMORY_BYTES, CALL_OPEN_FILES, MAX_CODE_BYTES } from '#contract/limits.ts'
import type { Analysis, Language, Source } from '#contract/sandbox.ts'
import type { ForkServer } from '../process/fork-server.ts'
import { serve } from '../process/serve.ts'
import { analysisProgram } from '../engine/analysis-program.ts'
import type { Program } from '../engine/program.ts'
import { stripTypes } from '../engine/type-stripper.ts'
import type { Child } from '../process/child.ts'
import { NotConfined } from '../process/not-confined.ts'
import { SaidAnalysis, usesIn } from './said-uses.ts'

export type Analyze = (source: Source, signal: AbortSignal) => Promise<Analysis>

const LIMITS = {
  timeout_ms: 10_000,
  cpu_s: 5,
  memory_bytes: CALL_MEMORY_BYTES,
  open_files: CALL_OPEN_FILES,
}

/**
 * Reads code in a process confined like a call: code can be hostile as a mere text. Whatever it
 * does to its reader is an answer about the code. Rejects with NotConfined, or with the reason of
 * the signal.
 */
export function analyzeConfined(forkServer: ForkServer): Analyze {
  let known: Promise<Program> | null = null
  const program = () => (known ??= analysisProgram())
  async function childFor(language: Language): Promise<Child | string> {
    try {
      return (await forkServer.take(LIMITS, [], language)).child
    } catch (error) {
      if (error instanceof NotConfined && error.layer === 'engine') return error.message
      throw error
    }
  }
  return async ({ language, code }, signal) => {
    const bytes = Buffer.byteLength(code)
    if (bytes > MAX_CODE_BYTES) {
      return invalid(`the code has ${bytes} bytes; ${MAX_CODE_BYTES} is the most`)
    }
    if (language === 'typescript') {
      const stripped = await stripTypes(code, 'draft', signal)
      if (!('code' in stripped)) return { valid: false, ...stripped }
    }
    const task = {
      type: 'analyze',
      code,
      ...(language === 'typescript' && { program: await program() }),
    }
    const child = await childFor(language)
    if (typeof child === 'string') return invalid(`tools in TypeScript cannot run here: ${child}`)
    const terms = { timeoutMs: LIMITS.timeout_ms, signal, onEvent: () => undefined }
    const { verdict } = await serve(child, task, terms)
    if (verdict.by !== 'answer') return invalid('the code cannot be read: it breaks its reader')
    if (verdict.answer.type !== 'result') return invalid('the signature is too large')
    const said = SaidAnalysis.safeParse(verdict.answer.value)
    if (!said.success) return invalid(z.prettifyError(said.error))
    const analysis = said.data
    return analysis.valid ? { ...analysis, uses: usesIn(analysis.uses, language) } : analysis
  }
}

function invalid(message: string): Analysis {
  return { valid: false, message, line: null }
}

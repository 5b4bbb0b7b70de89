import { z } from 'zod'
import { CALL_MEMORY_BYTES, CALL_OPEN_FILES, MAX_CODE_BYTES } from '#contract/limits.ts'
import { Analysis } from '#contract/sandbox.ts'
import type { ForkServer } from '../process/fork-server.ts'
import { serve } from '../process/serve.ts'

export type Analyze = (code: string, signal: AbortSignal) => Promise<Analysis>

const LIMITS = {
  timeout_ms: 10_000,
  cpu_s: 5,
  memory_bytes: CALL_MEMORY_BYTES,
  open_files: CALL_OPEN_FILES,
}

/**
 * Reads code in a process confined like a call: code can be hostile as a mere text. Whatever it
 * does to its reader is an answer about the code. Rejects with NotConfined only.
 */
export function analyzeConfined(forkServer: ForkServer): Analyze {
  return async (code, signal) => {
    const bytes = Buffer.byteLength(code)
    if (bytes > MAX_CODE_BYTES) {
      return invalid(`the code has ${bytes} bytes; ${MAX_CODE_BYTES} is the most`)
    }
    const { child } = await forkServer.take(LIMITS)
    const terms = { timeoutMs: LIMITS.timeout_ms, signal, onEvent: () => undefined }
    const { verdict } = await serve(child, { type: 'analyze', code }, terms)
    if (verdict.by !== 'answer') return invalid('the code cannot be read: it breaks its reader')
    if (verdict.answer.type !== 'result') return invalid('the signature is too large')
    const analysis = Analysis.safeParse(verdict.answer.value)
    return analysis.success ? analysis.data : invalid(z.prettifyError(analysis.error))
  }
}

function invalid(message: string): Analysis {
  return { valid: false, message, line: null }
}

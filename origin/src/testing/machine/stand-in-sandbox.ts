import { randomUUID } from 'node:crypto'
import { NO_USES } from '#contract/code-uses.ts'
import type { Analysis, Outcome, RunRequest } from '#contract/sandbox.ts'
import type { RunNews, Sandbox } from '../../domain/sandbox.ts'
import { measured, SELF_TEST } from '../scripted-sandbox.ts'
import type { Standing } from './standing.ts'

/** One run that began, and the versions as they were in the database at that moment. */
export interface Begun {
  request: RunRequest
  standings: readonly Standing[]
}

/**
 * Stands in for the sandbox, whose processes would take most of the time of thousands of runs. Like
 * the real one it outlives the origin, begins a run once per boot however often it is sent, and loses
 * all runs when it restarts. It runs no code: a tool of the machine says everything that it was given,
 * in as many spellings as a careless tool might, and fails when its code says `raise`. What it keeps
 * is which text it was handed, and when.
 */
export class StandInSandbox implements Sandbox {
  readonly begun: Begun[] = []
  readonly #standings: () => Promise<readonly Standing[]>
  #bootId = randomUUID()
  #runs = new Map<string, Promise<{ news: RunNews[]; outcome: Outcome }>>()
  boot: string | null = this.#bootId

  constructor(standings: () => Promise<readonly Standing[]>) {
    this.#standings = standings
  }

  /** Loses what it ran; the origin hears of the new boot when it asks. */
  restart(): void {
    this.#bootId = randomUUID()
    this.#runs = new Map()
  }

  /** Knows nothing of one run any more, as it must not while it is up. */
  forget(runId: string): void {
    this.#runs.delete(runId)
  }

  async health(): ReturnType<Sandbox['health']> {
    this.boot = this.#bootId
    const isolation = { level: 'S3' as const, layers: ['seccomp'] }
    const boot_id = this.#bootId
    return {
      status: 'ready',
      boot_id,
      isolation,
      runtimes: { python: '3.11.2', typescript: null },
      missing: [],
      self_test: SELF_TEST,
      running: 0,
    }
  }

  async analyze(): Promise<Analysis> {
    const input_schema = { type: 'object' }
    const description = 'Says all that it knows.'
    const uses = NO_USES
    return { valid: true, input_schema, output_schema: null, description, imports: [], uses }
  }

  async reply(): Promise<void> {}

  async withdraw(): Promise<void> {}

  async run(...[bootId, request, { news, sentBefore }]: Parameters<Sandbox['run']>) {
    if (bootId !== this.#bootId) {
      this.boot = null
      if (!sentBefore) return 'other_boot' as const
      const message = 'The sandbox restarted.'
      return { seq: 1, outcome: { ...killed, message } }
    }
    let run = this.#runs.get(request.run_id)
    if (run === undefined) {
      run = this.#begin(request)
      this.#runs.set(request.run_id, run)
    }
    const { news: said, outcome } = await run
    for (const one of said) news(one)
    return { seq: said.length + 1, outcome }
  }

  async #begin(request: RunRequest) {
    this.begun.push({ request, standings: await this.#standings() })
    const words = Object.values(request.secrets).flatMap(spelled)
    const text = words.join(' ')
    const news: RunNews[] = [
      { type: 'progress', seq: 1, progress: 1, message: `begun ${text}` },
      { type: 'log', seq: 2, level: 'info', data: { text, words } },
    ]
    return { news, outcome: said(request.version.code, text, words) }
  }
}

const killed = {
  ...measured(),
  kind: 'killed' as const,
  reason: 'sandbox_lost' as const,
  duration_ms: 0,
  isolation: null,
}

function said(code: string, text: string, words: string[]): Outcome {
  const printed = measured(`printed ${text}\n`)
  if (!code.includes('raise')) return { kind: 'ok', value: { code, words, text }, ...printed }
  const failure = { type: 'ToolError', message: text, traceback: `at line 1: ${text}` }
  return { kind: 'failed', failure, ...printed }
}

function spelled(value: string): string[] {
  const base64 = Buffer.from(value).toString('base64')
  return [value, JSON.stringify(value), encodeURIComponent(value), base64]
}

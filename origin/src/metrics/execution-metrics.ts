import { Counter, Histogram, type Registry } from 'prom-client'
import { wireName } from '#contract/names.ts'
import type { Outcome } from '#contract/sandbox.ts'
import type { Ran } from '../domain/executions/record.ts'
import { boundedLabel } from './bounded-label.ts'

/** Tools that are told apart. */
const MOST_TOOLS = 500
const SECONDS = [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300]

/** Counts what ran, by tool and by how it ended, and what it asked of the outside. */
export function executionMetrics(registry: Registry): (ran: Ran, outcome: Outcome) => void {
  const registers = [registry]
  const toolOf = boundedLabel(MOST_TOOLS)
  const executions = new Counter({
    name: 'mcpbox_executions_total',
    help: 'Executions that ended',
    labelNames: ['tool', 'kind', 'outcome'],
    registers,
  })
  const seconds = new Histogram({
    name: 'mcpbox_execution_duration_seconds',
    help: 'How long tools ran in the sandbox',
    labelNames: ['tool'],
    buckets: SECONDS,
    registers,
  })
  const egress = new Counter({
    name: 'mcpbox_egress_requests_total',
    help: 'Requests of tools to the outside, by whether the broker let them go',
    labelNames: ['allowed'],
    registers,
  })
  return ({ version, kind }, outcome) => {
    const tool = toolOf(wireName(version.server, version.tool))
    executions.inc({ tool, kind, outcome: outcome.kind })
    if (outcome.kind === 'refused') return
    seconds.observe({ tool }, outcome.duration_ms / 1000)
    for (const request of outcome.egress ?? [])
      egress.inc({ allowed: String(request.refused === null) })
  }
}

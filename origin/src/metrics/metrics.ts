import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { VERSION } from '#contract/version.ts'
import type { Outcome } from '#contract/sandbox.ts'
import type { Ran } from '../domain/executions/record.ts'
import { executionMetrics } from './execution-metrics.ts'
import { registerGauges, type Looked } from './gauges.ts'
import { httpMetrics, type HttpMetrics } from './http-metrics.ts'

/** Gauges of prom-client that are named as counters are, which `promtool check metrics` refuses. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
]

/** What this process measures, in the format that Prometheus scrapes (text, version 0.0.4). */
export interface Metrics {
  http: HttpMetrics
  executed: (ran: Ran, outcome: Outcome) => void
  /** Adds what is looked up at each scrape; once. */
  look(looked: Looked): void
  readonly contentType: string
  text(): Promise<string>
}

export function openMetrics(onFault: (fault: unknown) => void): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  for (const name of MISNAMED) registry.removeSingleMetric(name)
  new Gauge({
    name: 'mcpbox_build_info',
    help: 'Always 1; the label says which version runs',
    labelNames: ['version'],
    registers: [registry],
  }).set({ version: VERSION }, 1)
  return {
    http: httpMetrics(registry),
    executed: executionMetrics(registry),
    look: (looked) => registerGauges(registry, looked, onFault),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  }
}

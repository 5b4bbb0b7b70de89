import { Gauge, type Registry } from 'prom-client'
import type { CircuitHealth, PoolFigures } from '#contract/health.ts'

/** What is looked up at each scrape. */
export interface Looked {
  pool: () => PoolFigures | null
  circuit: () => CircuitHealth
  operations: () => number
  lastTunnelRequest: () => Date | null
  /** Rejects while the database is away. */
  approvalsWaiting: () => Promise<number>
}

const STATES = ['closed', 'half_open', 'open'] as const

/** Registers what is true at the moment of a scrape. What cannot be known then is left out. */
export function registerGauges(registry: Registry, looked: Looked, onFault: (f: unknown) => void) {
  const registers = [registry]
  const gauge = <L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    collect: (gauge: Gauge<L>) => void | Promise<void>,
  ) =>
    new Gauge<L>({
      name,
      help,
      labelNames,
      registers,
      async collect() {
        this.reset()
        // Without labels a reset leaves a zero, which would be said of what is not known.
        if (labelNames.length === 0) this.remove()
        await collect(this)
      },
    })

  gauge(
    'mcpbox_database_pool_connections',
    'Connections to PostgreSQL; none with the embedded database',
    ['state'],
    (it) => {
      const pool = looked.pool()
      if (pool === null) return
      it.set({ state: 'in_use' }, pool.in_use)
      it.set({ state: 'idle' }, pool.idle)
      it.set({ state: 'waiting' }, pool.waiting)
    },
  )
  gauge(
    'mcpbox_circuit_state',
    '1 for the state of a circuit breaker',
    ['circuit', 'state'],
    (it) => {
      const { state } = looked.circuit()
      for (const one of STATES) it.set({ circuit: 'sandbox', state: one }, one === state ? 1 : 0)
    },
  )
  gauge('mcpbox_operations_running', 'Operations that this process carries out', [], (it) =>
    it.set(looked.operations()),
  )
  gauge(
    'mcpbox_tunnel_last_request_timestamp_seconds',
    'When the Worker last reached this process',
    [],
    (it) => {
      const last = looked.lastTunnelRequest()
      if (last !== null) it.set(last.getTime() / 1000)
    },
  )
  gauge('mcpbox_approvals_waiting', 'Questions that wait for a person', [], async (it) => {
    try {
      it.set(await looked.approvalsWaiting())
    } catch (fault) {
      onFault(fault)
    }
  })
}

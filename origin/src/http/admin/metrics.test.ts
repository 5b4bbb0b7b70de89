import { afterAll, expect, test } from 'vitest'
import { openMetrics } from '../../metrics/metrics.ts'
import { openAdmin } from '../../testing/admin.ts'
import { openMemory } from '../../testing/databases.ts'
import { ask } from '../../testing/doors.ts'

const opened = await openMemory()
const faults: unknown[] = []
const metrics = openMetrics((fault) => faults.push(fault))
let waiting: () => Promise<number> = async () => 3
metrics.look({
  pool: () => ({ in_use: 2, idle: 1, waiting: 0, size: 20, max_overflow: 20 }),
  circuit: () => ({
    state: 'open',
    failures: 5,
    failure_threshold: 5,
    recovery_s: 60,
    retry_in_s: 60,
  }),
  operations: () => 4,
  lastTunnelRequest: () => new Date(1_700_000_000_000),
  approvalsWaiting: () => waiting(),
})
const admin = openAdmin(opened, { metrics })
afterAll(async () => {
  await admin[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
})
const scrape = async () => (await ask(admin.door, '/metrics')).text()

test('requests are measured by the route as it is written, never by the path that was asked', async () => {
  await ask(admin.door, '/health/live')
  await ask(admin.door, '/api/servers/made-up-by-somebody')
  await ask(admin.door, '/nothing/here', { method: 'BREW' })
  const text = await scrape()
  expect(text).toContain(
    'http_requests_total{door="admin",method="GET",handler="/health/live",status="200"} 1',
  )
  expect(text).not.toMatch(/made-up|nothing\/here|BREW/)
  for (const name of [
    'http_request_duration_seconds_bucket',
    'http_request_size_bytes_bucket',
    'http_response_size_bytes_bucket',
    'process_resident_memory_bytes',
    'mcpbox_build_info',
  ])
    expect(text).toContain(
      `${name}{`.replace('process_resident_memory_bytes{', 'process_resident_memory_bytes '),
    )
})

test('no gauge is named as a counter is', async () => {
  const gauges = [...(await scrape()).matchAll(/^# TYPE (\S+) gauge$/gm)].map(([, name]) => name)
  expect(gauges.length).toBeGreaterThan(10)
  expect(gauges.filter((name) => name?.endsWith('_total'))).toEqual([])
})

test('what is true at the moment of a scrape is looked up then', async () => {
  const text = await scrape()
  for (const line of [
    'mcpbox_database_pool_connections{state="in_use"} 2',
    'mcpbox_circuit_state{circuit="sandbox",state="open"} 1',
    'mcpbox_circuit_state{circuit="sandbox",state="closed"} 0',
    'mcpbox_operations_running 4',
    'mcpbox_tunnel_last_request_timestamp_seconds 1700000000',
    'mcpbox_approvals_waiting 3',
  ])
    expect(text).toContain(`${line}\n`)
})

test('what the database would have to say is left out while it is away', async () => {
  waiting = () => Promise.reject(new Error('the database is away'))
  const text = await scrape()
  expect(text).not.toMatch(/^mcpbox_approvals_waiting /m)
  expect(text).toContain('mcpbox_operations_running 4')
  expect(faults).toEqual([new Error('the database is away')])
})

test('metrics name tools, so only this machine reads them where no token is set', async () => {
  expect((await ask(admin.door, '/metrics', { from: '10.0.0.9' })).status).toBe(401)
  const forwarded = { 'x-forwarded-for': '203.0.113.9' }
  expect((await ask(admin.door, '/metrics', { headers: forwarded })).status).toBe(401)
})

import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { withTables } from './cost-document.ts'
import { COST_FILE, MeasuredCost } from './cost-measured.ts'
import { freeDays, monthOf, PAID_MONTH, times, type Used } from './plans.ts'

test('docs/cost.md says what was measured last', async () => {
  const document = await readFile(new URL('../../docs/cost.md', import.meta.url), 'utf8')
  const measured = MeasuredCost.parse(JSON.parse(await readFile(COST_FILE, 'utf8')))
  expect(document).toBe(withTables(document, measured))
})

const CALL: Used = {
  worker_requests: 1,
  cpu_ms: 3,
  object_requests: 2,
  gb_s: 0,
  rows_written: 0,
  rows_read: 1,
}

test('the free plan ends where its first limit is', () => {
  expect(freeDays(CALL)).toMatchObject({ limit: 'object_requests', most: 50_000 })
  expect(freeDays({ ...CALL, rows_written: 4 })).toMatchObject({
    limit: 'rows_written',
    most: 25_000,
  })
})

test('the paid plan asks for what is more than it includes', () => {
  expect(monthOf(times(CALL, 500_000))).toBe(PAID_MONTH.fee)
  expect(monthOf(times(CALL, 1_500_000))).toBeCloseTo(PAID_MONTH.fee + 2 * 0.15)
})

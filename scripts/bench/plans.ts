/**
 * What Cloudflare includes and asks for, in US dollars (Workers pricing and Durable Objects pricing, as
 * documented in October 2026; see docs/cost.md for how far each is to be trusted).
 */
export const FREE_DAY = {
  worker_requests: 100_000,
  object_requests: 100_000,
  gb_s: 13_000,
  rows_written: 100_000,
  rows_read: 5_000_000,
} as const

/** Included in a month of the paid plan, and the price of each million more. */
export const PAID_MONTH = {
  fee: 5,
  worker_requests: { included: 10_000_000, per_million: 0.3 },
  cpu_ms: { included: 30_000_000, per_million: 0.02 },
  object_requests: { included: 1_000_000, per_million: 0.15 },
  gb_s: { included: 400_000, per_million: 12.5 },
  rows_written: { included: 50_000_000, per_million: 1 },
  rows_read: { included: 25_000_000_000, per_million: 0.001 },
} as const

/** An object is billed as if it held 128 MB, for as long as it is awake. */
export const OBJECT_GB = 0.128

/** What something takes, in the units of the plans. */
export interface Used {
  worker_requests: number
  cpu_ms: number
  object_requests: number
  gb_s: number
  rows_written: number
  rows_read: number
}

const UNITS = [
  'worker_requests',
  'cpu_ms',
  'object_requests',
  'gb_s',
  'rows_written',
  'rows_read',
] as const

export function times(used: Used, factor: number): Used {
  return each((unit) => used[unit] * factor)
}

export function plus(one: Used, other: Used): Used {
  return each((unit) => one[unit] + other[unit])
}

/** Dollars, if nothing were included. */
export function price(used: Used): Used {
  return each((unit) => (used[unit] * PAID_MONTH[unit].per_million) / 1_000_000)
}

export function total(used: Used): number {
  return UNITS.reduce((sum, unit) => sum + used[unit], 0)
}

/** Dollars of a month of the paid plan: its fee, and what is more than it includes. */
export function monthOf(used: Used): number {
  const over = each((unit) => Math.max(0, used[unit] - PAID_MONTH[unit].included))
  return PAID_MONTH.fee + total(price(over))
}

type FreeUnit = keyof typeof FREE_DAY

/** How often a day something may be done on the free plan, and which of its limits ends it. */
export function freeDays(used: Used): {
  limit: FreeUnit
  most: number
  of: Record<FreeUnit, number>
} {
  const of = (unit: FreeUnit) => (used[unit] === 0 ? Infinity : FREE_DAY[unit] / used[unit])
  const all: Record<FreeUnit, number> = {
    worker_requests: of('worker_requests'),
    object_requests: of('object_requests'),
    gb_s: of('gb_s'),
    rows_written: of('rows_written'),
    rows_read: of('rows_read'),
  }
  const units = Object.keys(all) as FreeUnit[]
  const limit = units.reduce((least, unit) => (all[unit] < all[least] ? unit : least))
  return { limit, most: all[limit], of: all }
}

function each(of: (unit: keyof Used) => number): Used {
  return {
    worker_requests: of('worker_requests'),
    cpu_ms: of('cpu_ms'),
    object_requests: of('object_requests'),
    gb_s: of('gb_s'),
    rows_written: of('rows_written'),
    rows_read: of('rows_read'),
  }
}

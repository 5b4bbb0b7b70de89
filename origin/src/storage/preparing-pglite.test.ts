import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { PreparingPglite } from './preparing-pglite.ts'

const database = new PreparingPglite()
await database.waitReady
afterAll(() => database.close())
beforeEach(() =>
  database.exec(
    'drop table if exists things; create table things (n int, at timestamptz, raw bytea, said json)',
  ),
)

const ADD = 'insert into things (n) values ($1) returning n'

async function plansOf(text: string): Promise<number> {
  const { rows } = await database.query<{ plans: number }>(
    'select coalesce(sum(generic_plans + custom_plans), 0)::int as plans from pg_prepared_statements where statement = $1',
    [text],
  )
  return rows[0]?.plans ?? 0
}

async function prepared(): Promise<number> {
  const { rows } = await database.query<{ n: number }>(
    'select count(*)::int as n from pg_prepared_statements',
  )
  return rows[0]?.n ?? 0
}

test('a statement is prepared once, however often and wherever it runs', async () => {
  const before = await prepared()
  await database.query(ADD, [1])
  await database.transaction(async (tx) => {
    await tx.query(ADD, [2])
    await tx.query(ADD, [3])
  })
  expect((await prepared()) - before).toBe(1)
  expect(await plansOf(ADD)).toBe(3)
})

test('values of each type arrive as they were given, and null as null', async () => {
  const row = { n: -7, at: new Date(0), raw: new Uint8Array([0, 255]), said: { a: [1, null] } }
  const text = 'insert into things values ($1, $2, $3, $4) returning *'
  const values = [row.n, row.at, row.raw, JSON.stringify(row.said)]
  expect((await database.query(text, values)).rows).toEqual([row])
  expect((await database.query(text, [null, null, null, undefined])).rows).toEqual([
    { n: null, at: null, raw: null, said: null },
  ])
})

test('a transaction that fails leaves nothing but its statements', async () => {
  const failing = database.transaction(async (tx) => {
    await tx.query(ADD, [1])
    await tx.query('select 1 / $1::int', [0])
  })
  await expect(failing).rejects.toThrow('division by zero')
  expect((await database.query('select * from things')).rows).toEqual([])
  expect((await database.query(ADD, [2])).rows).toEqual([{ n: 2 }])
})

test('a query beside an open transaction waits for its end', async () => {
  const order: string[] = []
  await Promise.all([
    database.transaction(async (tx) => {
      await tx.query(ADD, [1])
      order.push('inside')
      await tx.query(ADD, [2])
    }),
    database
      .query('select count(*)::int as n from things')
      .then(({ rows }) => order.push(JSON.stringify(rows))),
  ])
  expect(order).toEqual(['inside', '[{"n":2}]'])
})

test('nothing runs in a transaction that is over', async () => {
  const tx = await database.transaction(async (inside) => inside)
  await expect(tx.query(ADD, [1])).rejects.toThrow('the transaction is over')
})

test('a statement that failed for want of a table runs once the table is there', async () => {
  await database.exec('drop table if exists late')
  const text = 'select count(*)::int as n from late'
  await expect(database.query(text)).rejects.toThrow('does not exist')
  await database.exec('create table late (n int)')
  expect((await database.query(text)).rows).toEqual([{ n: 0 }])
})

test('a bounded number of statements is kept', async () => {
  for (let n = 0; n < 250; n++) await database.query(`select ${n} as n`)
  expect(await prepared()).toBeLessThanOrEqual(200)
  expect((await database.query('select 0 as n')).rows).toEqual([{ n: 0 }])
})

test('a statement is planned anew after ten minutes, for tables have grown', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
  try {
    await database.query(ADD, [1])
    await database.query(ADD, [2])
    vi.setSystemTime(Date.now() + 10 * 60_000 + 1)
    await database.query(ADD, [3])
    expect(await plansOf(ADD)).toBe(1)
  } finally {
    vi.useRealTimers()
  }
})

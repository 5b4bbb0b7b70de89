import { afterAll, expect, test } from 'vitest'
import { ENDPOINTS } from '#contract/admin-door/endpoints.ts'
import type { Endpoint } from '#contract/admin-door/endpoint.ts'
import { openAdmin, setUpAdmin, signedInAs } from '../../testing/admin.ts'
import { openMemory, sql } from '../../testing/databases.ts'
import { ask, type Asked } from '../../testing/doors.ts'
import { ALICE, result, startEngine } from '../../testing/engines.ts'
import { ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import { approvedTool, manifest } from '../../testing/tools.ts'

/** A value of a secret is told by nothing: no answer, log, export or error, and no row but its own. */

const VALUE = 'Zq7hunterQ4711'
const opened = await openMemory()
const admin = openAdmin(opened)
const { engine } = startEngine(opened, new ScriptedSandbox())
afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  await admin[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
})
const { door } = admin
const { db, stores } = opened
await setUpAdmin(door, opened)
const { ask: as } = await signedInAs(door)
const { version, wire, approval } = await approvedTool(opened, {
  manifest: manifest({ secrets: ['API_KEY'] }),
})
const path = `/api/servers/${version.server}/secrets/API_KEY`
await as(path, { method: 'PUT', body: { value: VALUE } })

/** All that anybody was told, of this file's requests. */
const told: string[] = []
async function hear(asked: Promise<Response>): Promise<number> {
  const response = await asked
  const stream = response.headers.get('content-type') === 'text/event-stream'
  if (stream) await response.body?.cancel()
  told.push(JSON.stringify([...response.headers]), stream ? '' : await response.text())
  return response.status
}

function assertUntold(): void {
  expect(told.join('\n') + admin.lines.join('\n')).not.toContain(VALUE)
}

async function link(): Promise<string> {
  const made = (await (await as(`${path}/links`, { method: 'POST' })).json()) as { url: string }
  return new URL(made.url).pathname
}

test('every GET of the door, after it was set and used', async () => {
  await result(engine, wire, { city: 'Bern' }, ALICE)
  const [execution] = await stores.executions.recent({ limit: 1 })
  const names: Record<string, string> = {
    server: version.server,
    tool: version.tool,
    number: '1',
    name: 'API_KEY',
    token: 'guess',
  }
  let good = 0
  for (const endpoint of Object.values(ENDPOINTS) as Endpoint[]) {
    if (endpoint.method !== 'get' || endpoint.status === 101) continue
    const id = endpoint.path.startsWith('/api/approvals') ? approval.id : execution?.id
    const name = endpoint.path.startsWith('/api/settings') ? 'log_retention_days' : names['name']
    const values = { ...names, id: id ?? '', name: name ?? '' }
    const at = endpoint.path.replace(/\{(\w+)\}/g, (_all, key: keyof typeof values) => values[key])
    const query = endpoint.path.endsWith('/diff') ? '?from=1' : ''
    if ((await hear(as(at + query))) === 200) good += 1
  }
  expect(good).toBeGreaterThan(20)
  assertUntold()
})

test.each<[string, Asked]>([
  ['in a field of another name', { body: { secret: VALUE } }],
  ['as the name of a field', { body: { [VALUE]: 1 } }],
  ['beside the value', { body: { value: VALUE, [VALUE]: VALUE } }],
  ['in a list', { body: { value: [VALUE] } }],
  ['as the name of a field of the value', { body: { value: { [VALUE]: 1 } } }],
  ['as a text', { body: JSON.stringify(VALUE) }],
  ['as no JSON', { body: `{"value": ${VALUE}` }],
  ['as a form', { body: `value=${VALUE}`, headers: { 'content-type': 'text/plain' } }],
  ['too long', { body: { value: VALUE.repeat(1_000) } }],
  ['in a body that is too long', { body: { value: VALUE.repeat(100_000) } }],
  ['nested too deep', { body: `${'{"value":'.repeat(200)}"${VALUE}"${'}'.repeat(200)}` }],
])('a value that is sent %s', async (_how, asked) => {
  expect(await hear(as(path, { method: 'PUT', ...asked }))).toBeGreaterThanOrEqual(400)
  expect(await hear(as(path, { method: 'PATCH', ...asked }))).toBeGreaterThanOrEqual(400)
  assertUntold()
})

test('a value in a place where a page could send it to', async () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const at = await link()
  const token = at.split('/').at(-1)!
  for (const body of [`value=${VALUE.slice(0, 3)}`, `value=${VALUE.repeat(1_000)}`, VALUE])
    expect(await hear(ask(door, at, { method: 'POST', body, headers: form }))).toBe(400)
  expect(await hear(ask(door, at, { method: 'POST', body: `value=${VALUE}`, headers: form }))).toBe(
    200,
  )
  expect(await hear(as('/api/activity'))).toBe(200)
  assertUntold()
  expect(told.join('\n') + admin.lines.join('\n')).not.toContain(token)
})

test('a database that fails while it is set', async () => {
  await db.execute(sql`alter table secrets add constraint never check (updated_by <> 'admin:alice')
    not valid`)
  expect(await hear(as(path, { method: 'PUT', body: { value: VALUE } }))).toBe(500)
  await db.execute(sql`alter table secrets drop constraint never`)
  await db.execute(sql`alter table secrets rename column sealed to gone`)
  expect(await hear(as(path, { method: 'PUT', body: { value: VALUE } }))).toBe(500)
  expect(await hear(as(path))).toBe(500)
  await db.execute(sql`alter table secrets rename column gone to sealed`)
  assertUntold()
})

test('a sealed value that was moved to another secret, or damaged, runs nothing and tells nothing', async () => {
  await as(path.replace('API_KEY', 'OTHER'), { method: 'PUT', body: { value: `${VALUE}-2` } })
  const sealed = (name: string) => sql`(select sealed from secrets where name = ${name} limit 1)`
  await db.execute(sql`update secrets set sealed = ${sealed('OTHER')} where name = 'API_KEY'`)
  await expect(result(engine, wire, { city: 'Bern' }, ALICE)).rejects.toThrow(/^internal: /)
  assertUntold()
  await as(path, { method: 'PUT', body: { value: VALUE } })
})

test('no table holds it in clear, nor the token of a link', async () => {
  const at = await link()
  const { rows } = (await db.execute(sql`select table_name from information_schema.tables
    where table_schema = 'public'`)) as { rows: { table_name: string }[] }
  expect(rows.length).toBeGreaterThan(10)
  for (const { table_name: table } of rows) {
    const kept = await db.execute(sql`select t::text as row from ${sql.identifier(table)} t`)
    const text = JSON.stringify(kept)
    expect([table, text.includes(VALUE)]).toEqual([table, false])
    expect([table, text.includes(Buffer.from(VALUE).toString('hex'))]).toEqual([table, false])
    expect([table, text.includes(at.split('/').at(-1)!)]).toEqual([table, false])
  }
})

import { sql, type SQL } from 'drizzle-orm'
import { expect, test } from 'vitest'
import type { Opened } from './databases.ts'
import { approvedTool, asked, draftedTool, manifest, newAdmin, redraft, reject } from './tools.ts'

/** The rules of versions and approvals that hold against SQL of any origin, whoever writes it. */
export function versionConstraints({ db, stores, within }: Opened): void {
  /** The name of the constraint that a statement broke. */
  async function broken(statement: SQL): Promise<unknown> {
    const fault: unknown = await db.execute(statement).then(
      () => null,
      (thrown: unknown) => thrown,
    )
    if (!(fault instanceof Error)) throw new Error('the database let it pass')
    return (fault.cause as { constraint?: string }).constraint
  }
  const opened = { stores, within }

  test.each([
    ['language', sql`language = 'typescript'`],
    ['module_lock', sql`module_lock = '{"target":"","packages":[]}'`],
    ['code', sql`code = 'import os'`],
    ['description', sql`description = 'harmless'`],
    ['manifest', sql`manifest = '{"hosts":["evil.example"],"modules":[],"secrets":[]}'`],
    ['input_schema', sql`input_schema = '{}'`],
    ['output_schema', sql`output_schema = '{}'`],
    ['annotations', sql`annotations = '{}'`],
    ['timeout_ms', sql`timeout_ms = 300000`],
    ['queue_when_away', sql`queue_when_away = true`],
    ['hash', sql`hash = ${'f'.repeat(64)}`],
    ['number', sql`number = 99`],
  ])('the %s of a version never changes, not even of a draft', async (_column, change) => {
    const { version } = await draftedTool(within)
    expect(await broken(sql`update versions set ${change} where id = ${version.id}`)).toBe(
      'versions_keep_text',
    )
  })

  const drafted = (fields: string, values: SQL, id: string) =>
    sql`insert into versions (tool_id, number, state, hash, description, language, code, input_schema, annotations, manifest, timeout_ms, created_by, ${sql.raw(fields)})
      select tool_id, 99, 'draft', hash, description, language, code, input_schema, annotations, manifest, timeout_ms, created_by, ${values} from versions where id = ${id}`

  test.each([
    ['that is no tool', sql`'prompt', address, 3, true`],
    ['whose hash says nothing of it', sql`kind, address, 2, true`],
  ])('no call waits for a version %s', async (_why, values) => {
    const { version } = await approvedTool(opened)
    const fields = 'kind, address, hash_format, queue_when_away'
    expect(await broken(drafted(fields, values, version.id))).toBe('versions_queue_when_away')
  })

  test.each(['pending', 'live', 'archived', 'rejected'])(
    'no version begins as %s',
    async (state) => {
      const { version } = await approvedTool(opened)
      const copied = sql`insert into versions (tool_id, number, state, hash, hash_format, description, language, code, input_schema, annotations, manifest, timeout_ms, created_by, approval_id)
        select tool_id, 99, ${state}, hash, hash_format, description, language, code, input_schema, annotations, manifest, timeout_ms, created_by, approval_id from versions where id = ${version.id}`
      expect(await broken(copied)).toBe('versions_start_as_draft')
    },
  )

  const goLive = (versionId: string, approvalId: string | null) =>
    sql`update versions set state = 'live', approval_id = ${approvalId} where id = ${versionId}`

  test('no version goes live without an approval', async () => {
    const { version } = await draftedTool(within)
    expect(await broken(goLive(version.id, null))).toBe('versions_live_by_approval')
  })

  test('no version goes live by a question that still waits', async () => {
    const { tool, version } = await draftedTool(within)
    const approval = await asked(within, tool)
    expect(await broken(goLive(version.id, approval.id))).toBe('versions_live_by_approval')
  })

  test('no version goes live by a rejection', async () => {
    const { tool, version } = await draftedTool(within)
    const approval = await asked(within, tool)
    await reject(within, await newAdmin(stores), approval, 'no')
    expect(await broken(goLive(version.id, approval.id))).toBe('versions_live_by_approval')
  })

  test('no version goes live by the approval of another one', async () => {
    const { version, approval } = await approvedTool(opened)
    const next = await redraft(within, version, { code: 'def main(): return 2' })
    await db.execute(sql`update versions set state = 'archived' where id = ${version.id}`)
    expect(await broken(goLive(next.id, approval.id))).toBe('versions_live_by_approval')
  })

  test('no approval names a hash that its version does not have', async () => {
    const { version } = await draftedTool(within)
    const forged = sql`insert into approvals (version_id, hash, state, requested_by, notes) values (${version.id}, ${'f'.repeat(64)}, 'waiting', 'local', '')`
    expect(await broken(forged)).toBe('approvals_version_hash')
  })

  test('no tool has two live versions', async () => {
    const { tool, version, approval } = await approvedTool(opened)
    const admin = await newAdmin(stores)
    const next = await redraft(within, version, { code: 'def main(): return 2' })
    const second = await asked(within, tool)
    await stores.approvals.decide(second.id, { state: 'approved', adminId: admin.id, reason: null })
    expect(await broken(goLive(next.id, second.id))).toBe('versions_one_live')
    expect(approval.id).not.toBe(second.id)
  })

  test('no decision is without the person who took it', async () => {
    const { tool } = await draftedTool(within)
    const { id } = await asked(within, tool)
    expect(await broken(sql`update approvals set state = 'approved' where id = ${id}`)).toBe(
      'approvals_decided',
    )
  })

  test.each([
    ['a person and a policy both', 'approvals_decided', sql`decided_by_policy = 'pure'`, true],
    ['a policy that there is not', 'approvals_by_policy', sql`decided_by_policy = 'always'`, false],
  ])('no decision is by %s', async (_who, constraint, by, hasPerson) => {
    const { tool } = await draftedTool(within)
    const { id } = await asked(within, tool)
    const person = hasPerson ? (await newAdmin(stores)).id : null
    const decision = sql`update approvals set state = 'approved', decided_at = now(), decided_by = ${person}, ${by} where id = ${id}`
    expect(await broken(decision)).toBe(constraint)
  })

  test('no policy rejects, or decides without saying when', async () => {
    const { tool } = await draftedTool(within)
    const { id } = await asked(within, tool)
    const rejection = sql`update approvals set state = 'rejected', reason = 'no', decided_at = now(), decided_by_policy = 'pure' where id = ${id}`
    expect(await broken(rejection)).toBe('approvals_by_policy')
    const timeless = sql`update approvals set state = 'approved', decided_by_policy = 'pure' where id = ${id}`
    expect(await broken(timeless)).toBe('approvals_decided')
  })

  test('no line is revoked by nobody, or for no reason', async () => {
    const { version } = await approvedTool(opened, { manifest: manifest({ hosts: ['a.example'] }) })
    const admin = await newAdmin(stores)
    for (const change of [
      sql`revoked_at = now()`,
      sql`revoked_at = now(), revoked_by = ${admin.id}`,
      sql`revoked_at = now(), revoked_by = ${admin.id}, revocation_reason = ''`,
      sql`revocation_reason = 'because'`,
    ])
      expect(await broken(sql`update grants set ${change} where version_id = ${version.id}`)).toBe(
        'grants_revoked',
      )
  })

  test('no server has a policy that there is not', async () => {
    const { version } = await draftedTool(within)
    const always = sql`update servers set approval_policy = 'always' where name = ${version.server}`
    expect(await broken(always)).toBe('servers_approval_policy')
  })

  test('no permission is for a secret, and no request is decided by nobody', async () => {
    const { tool } = await draftedTool(within)
    const serverId = (await stores.tools.serverId(tool.server)) ?? ''
    const admin = await newAdmin(stores)
    const secret = sql`insert into permissions (server_id, kind, value, granted_by) values (${serverId}, 'secret', 'KEY', ${admin.id})`
    expect(await broken(secret)).toBe('permissions_kind')
    const decided = sql`insert into permission_requests (server_id, kind, value, justification, state, requested_by) values (${serverId}, 'host', 'a.example', '', 'approved', 'local')`
    expect(await broken(decided)).toBe('permission_requests_decided')
  })

  test.each([
    ['none', null],
    ['an empty one', ''],
  ])('no rejection is without a reason: %s', async (_, reason) => {
    const { tool } = await draftedTool(within)
    const { id } = await asked(within, tool)
    const admin = await newAdmin(stores)
    const rejection = sql`update approvals set state = 'rejected', decided_by = ${admin.id}, decided_at = now(), reason = ${reason} where id = ${id}`
    expect(await broken(rejection)).toBe('approvals_reason')
  })

  test('no version has two questions waiting', async () => {
    const { tool, version } = await draftedTool(within)
    const { hash } = await asked(within, tool)
    const second = sql`insert into approvals (version_id, hash, state, requested_by, notes) values (${version.id}, ${hash}, 'waiting', 'local', '')`
    expect(await broken(second)).toBe('approvals_one_waiting')
  })
}

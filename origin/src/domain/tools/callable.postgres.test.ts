import { afterAll, expect, inject, test } from 'vitest'
import { freshDatabase, openReplica, sql } from '../../testing/databases.ts'
import {
  approvedTool,
  asked,
  draftedTool,
  grantOf,
  manifest,
  newAdmin,
  redraft,
  reject,
} from '../../testing/tools.ts'
import { UNSEEN } from '../activity.ts'
import { revokeGrant } from '../grants/change.ts'
import { assertApproved, callableVersion } from './callable.ts'

const database = await freshDatabase(inject('postgresUrl'))
const opened = await openReplica(database.url)
afterAll(async () => {
  await opened[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})
const { db, stores, within } = opened

function refusal(code: string, message: string) {
  return { problem: { code, message } }
}

test('a live version is callable', async () => {
  const { version, wire } = await approvedTool(opened)
  expect((await callableVersion(stores, 'tool', wire)).version).toMatchObject({
    id: version.id,
    state: 'live',
  })
})

test('the live version is callable while a newer draft waits', async () => {
  const { tool, version, wire } = await approvedTool(opened)
  await redraft(within, version, { code: 'def main(): return 2' })
  await asked(within, tool)
  expect((await callableVersion(stores, 'tool', wire)).version.id).toBe(version.id)
})

test('a draft is not callable, and the sentence says what to do', async () => {
  const { wire } = await draftedTool(within)
  await expect(callableVersion(stores, 'tool', wire)).rejects.toMatchObject(
    refusal(
      'not_approved',
      `"${wire}" is a draft that nobody has approved; ask for approval with mcpbox_request_publish.`,
    ),
  )
})

test('a version that waits for approval is not callable', async () => {
  const { tool, wire } = await draftedTool(within)
  await asked(within, tool)
  await expect(callableVersion(stores, 'tool', wire)).rejects.toMatchObject(
    refusal(
      'not_approved',
      `"${wire}" waits for a person's approval; nobody can call it before that.`,
    ),
  )
})

test('a rejected version is not callable, and the sentence gives the reason', async () => {
  const { tool, wire } = await draftedTool(within)
  await reject(within, await newAdmin(stores), await asked(within, tool), 'It reads too much.')
  await expect(callableVersion(stores, 'tool', wire)).rejects.toMatchObject(
    refusal(
      'not_approved',
      `"${wire}" was not approved: It reads too much. Change it with mcpbox_update_tool and ask again with mcpbox_request_publish.`,
    ),
  )
})

test.each(['nowhere__nothing', 'nowhere', '', '__', "x'; drop table tools --", 'a\0__b'])(
  'the name %j is of no tool',
  async (wire) => {
    await expect(callableVersion(stores, 'tool', wire)).rejects.toMatchObject(
      refusal(
        'unknown_tool',
        `There is no tool named "${wire}". Look for one with mcpbox_search_tools.`,
      ),
    )
  },
)

/** What every call passes: the version that is meant, and the gate before its execution. */
async function executable(wire: string): Promise<void> {
  assertApproved(await callableVersion(stores, 'tool', wire))
}

test('a version that is exactly what was approved passes the gate', async () => {
  const { wire } = await approvedTool(opened)
  await expect(executable(wire)).resolves.toBeUndefined()
})

test('a draft does not pass the gate, though it asks for nothing', async () => {
  const { version, wire } = await draftedTool(within)
  const candidate = await stores.tools.candidate(version.id)
  if (candidate === null) throw new Error('the draft is gone')
  expect(() => assertApproved(candidate)).toThrow(
    expect.objectContaining(refusal('not_approved', `Nobody has approved this text of "${wire}".`)),
  )
})

test('code that was changed behind the rules is never called', async () => {
  const { version, wire } = await approvedTool(opened)
  await db.execute(sql`alter table versions disable trigger versions_keep_text`)
  await db.execute(sql`update versions set code = 'import os' where id = ${version.id}`)
  await db.execute(sql`alter table versions enable trigger versions_keep_text`)
  await expect(executable(wire)).rejects.toMatchObject(
    refusal(
      'hash_mismatch',
      `The stored text of "${wire}" is not what was approved; it will not run. Tell a person.`,
    ),
  )
})

test('a version whose tool was renamed is not what was approved', async () => {
  const { tool, wire } = await approvedTool(opened)
  await db.execute(sql`update tools set name = 'renamed' where id = ${tool.id}`)
  await expect(executable(wire)).rejects.toMatchObject({
    problem: { code: 'hash_mismatch' },
  })
})

test('a version is not callable once a line of its manifest was revoked', async () => {
  const { version, wire } = await approvedTool(opened, {
    manifest: manifest({ hosts: ['a.example'], modules: ['os'], secrets: ['API_KEY'] }),
  })
  await db.execute(sql`delete from grants where version_id = ${version.id} and kind = 'module'`)
  const admin = await newAdmin(stores)
  const { id } = await grantOf(stores, version, 'secret API_KEY')
  const { revoked } = await within((s) => revokeGrant(s, admin, id, 'It leaks.', UNSEEN))
  await expect(executable(wire)).rejects.toMatchObject(
    refusal(
      'not_approved',
      `"${wire}" may not run: it needs module os, but nobody granted it; it needs secret API_KEY, but ${admin.username} revoked it at ${revoked?.at.toISOString()}: It leaks. Ask a person to restore that, or change the tool so that it does without, and publish it.`,
    ),
  )
})

import { afterAll, expect, inject, test } from 'vitest'
import { openReplicas, sql } from '../../testing/databases.ts'
import {
  approve,
  approvedTool,
  asked,
  draftedTool,
  newAdmin,
  versionText,
} from '../../testing/tools.ts'
import { UNSEEN } from '../activity.ts'
import { askApproval } from '../approvals/ask.ts'
import { Refusal } from '../refusal.ts'
import { deleteServer, deleteTool } from './delete.ts'
import { draft } from './life-cycle.ts'

/** Two replicas that change one tool at the same moment. */

const replicas = await openReplicas(inject('postgresUrl'))
afterAll(() => replicas[Symbol.asyncDispose]())
const { here, there } = replicas
const by = { actor: 'local', ...UNSEEN }
const admin = await newAdmin(here.stores)

/** What came of several, in order: nothing, or the code of a refusal. */
async function codes(all: Promise<unknown>[]): Promise<(string | null)[]> {
  return (await Promise.allSettled(all)).map((one) => {
    if (one.status === 'fulfilled') return null
    if (one.reason instanceof Refusal) return one.reason.problem.code
    throw one.reason
  })
}

test('of a deletion and an approval at once, what is deleted is never live', async () => {
  for (let round = 0; round < 10; round++) {
    const { tool, version } = await draftedTool(here.within)
    const approval = await asked(here.within, tool)
    const [deleted, approved] = await codes([
      here.within((inside) => deleteTool(inside, tool, by)),
      approve(there.within, admin, approval),
    ])
    expect(deleted).toBeNull()
    expect([null, 'approval_stale']).toContain(approved)
    expect((await here.stores.tools.version(version.id))?.state).toBe('archived')
  }
})

test('two who delete one tool: it is deleted once, and the other hears that it is gone', async () => {
  const { tool } = await approvedTool(here)
  const both = await codes(
    [here, there].map(({ within }) => within((inside) => deleteTool(inside, tool, by))),
  )
  expect(new Set(both)).toEqual(new Set([null, 'tool_unknown']))
  const gone = await here.stores.activity.page({ action: 'tool.deleted' }, { limit: 500 })
  expect(gone.filter(({ details }) => details['tool'] === tool.id)).toHaveLength(1)
})

test('a server that is deleted takes every tool with it that was asked about meanwhile', async () => {
  for (let round = 0; round < 10; round++) {
    const { tool } = await draftedTool(here.within)
    const [deleted, asking] = await codes([
      here.within((inside) => deleteServer(inside, tool.server, by)),
      there.within((inside) => askApproval(inside, tool, by, '')),
    ])
    expect(deleted).toBeNull()
    expect([null, 'tool_unknown']).toContain(asking)
    const states = (await here.stores.tools.versions(tool.id)).map(({ state }) => state)
    expect(states).toEqual(['archived'])
  }
})

test('the database itself lets nothing of a deleted tool be drafted or live', async () => {
  const { tool, version } = await approvedTool(here)
  await here.within((inside) => deleteTool(inside, tool, by))
  await expect(
    here.within((inside) => draft(inside, tool.id, versionText(), 'local')),
  ).rejects.toMatchObject({ cause: { constraint: 'versions_stay_deleted' } })
  await expect(
    here.db.execute(sql`update versions set state = 'live' where id = ${version.id}`),
  ).rejects.toMatchObject({ cause: { constraint: 'versions_stay_deleted' } })
})

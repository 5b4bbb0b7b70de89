import { afterAll, expect, inject, test } from 'vitest'
import { openReplicas } from '../../testing/databases.ts'
import { approve, asked, draftedTool, newAdmin, redraft, reject } from '../../testing/tools.ts'
import { draft } from '../tools/life-cycle.ts'

const replicas = await openReplicas(inject('postgresUrl'))
afterAll(() => replicas[Symbol.asyncDispose]())
const { here, there } = replicas
const alice = await newAdmin(here.stores)
const bob = await newAdmin(here.stores)
const ROUNDS = 10

function refusals(settled: PromiseSettledResult<unknown>[]): unknown[] {
  return settled.filter((one) => one.status === 'rejected').map(({ reason }) => reason)
}

test('of two decisions at once exactly one stands, and the other hears whose', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const { tool, version } = await draftedTool(here.within)
    const approval = await asked(here.within, tool)
    const settled = await Promise.allSettled([
      approve(here.within, alice, approval),
      reject(there.within, bob, approval, 'no'),
    ])
    const [approved] = settled.map(({ status }) => status === 'fulfilled')
    expect(refusals(settled)).toEqual([
      expect.objectContaining({
        problem: {
          code: 'approval_decided',
          message: expect.stringContaining(
            approved
              ? `${alice.username} has already approved`
              : `${bob.username} has already rejected`,
          ),
        },
      }),
    ])
    expect((await here.stores.tools.version(version.id))?.state).toBe(
      approved ? 'live' : 'rejected',
    )
  }
})

test('a draft changed at the moment of approval is either approved before or not at all', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const { tool, version } = await draftedTool(here.within)
    const approval = await asked(here.within, tool)
    const [approved, changed] = await Promise.allSettled([
      approve(here.within, alice, approval),
      there.within(async (stores) => {
        await stores.tools.lock(tool.id)
        return draft(stores, tool.id, { ...version, code: 'import os' }, 'local')
      }),
    ])
    expect(changed.status).toBe('fulfilled')
    const live = await here.stores.tools.versionIn(tool.id, 'live')
    expect(live?.hash ?? null).toBe(approved.status === 'fulfilled' ? version.hash : null)
    for (const refused of refusals([approved]))
      expect(refused).toMatchObject({ problem: { code: 'approval_stale' } })
  }
})

test('two who ask at once get one and the same question', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const { tool } = await draftedTool(here.within)
    const [one, other] = await Promise.all([asked(here.within, tool), asked(there.within, tool)])
    expect(one.id).toBe(other.id)
  }
})

test('a replica hears of a version that went live on another one', async () => {
  const { promise, resolve } = Promise.withResolvers<string | null>()
  using _listening = there.notices.on('mcpbox_catalog', resolve)
  const { tool } = await draftedTool(here.within)
  await approve(here.within, alice, await asked(here.within, tool))
  expect(await promise).toBe('')
})

test('the draft before the newest is archived when another replica writes one', async () => {
  const { version } = await draftedTool(here.within)
  await redraft(there.within, version, { code: 'def main(): return 2' })
  expect((await here.stores.tools.version(version.id))?.state).toBe('archived')
})

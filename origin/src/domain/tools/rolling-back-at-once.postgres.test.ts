import { afterAll, expect, inject, test } from 'vitest'
import { openReplicas } from '../../testing/databases.ts'
import { approve, approvedTool, asked, redraft } from '../../testing/tools.ts'
import { UNSEEN } from '../activity.ts'
import { rollBack } from './roll-back.ts'

/** One goes back while another decides, at two replicas. */

const replicas = await openReplicas(inject('postgresUrl'))
afterAll(() => replicas[Symbol.asyncDispose]())
const { here, there } = replicas
const by = { actor: 'local', ...UNSEEN }

test('both stand, one after the other, and one version is live', async () => {
  const ends = new Set<string>()
  for (let round = 0; round < 10; round++) {
    const { tool, version, admin } = await approvedTool(here)
    await redraft(here.within, version, { code: 'def main(): return 2' })
    await approve(here.within, admin, await asked(here.within, tool))
    await redraft(here.within, version, { code: 'def main(): return 3' })
    const approval = await asked(here.within, tool)
    const [rolled] = await Promise.all([
      here.within((inside) => rollBack(inside, tool, 1, by)),
      approve(there.within, admin, approval),
    ])
    expect(rolled.outcome).toBe('live')
    const states = (await here.stores.tools.versions(tool.id)).map(({ state }) => state)
    expect(states.filter((state) => state === 'live')).toHaveLength(1)
    expect(states[1]).toBe('archived')
    expect((await here.stores.approvals.approval(approval.id))?.state).toBe('approved')
    ends.add(states.join(' '))
  }
  expect(
    [...ends].every((end) => /^(live archived archived|archived archived live)$/.test(end)),
  ).toBe(true)
})

test('two who go back to one version at once: it is live, once', async () => {
  const { tool, version, admin } = await approvedTool(here)
  await redraft(here.within, version, { code: 'def main(): return 2' })
  await approve(here.within, admin, await asked(here.within, tool))
  const both = await Promise.all(
    [here, there].map(({ within }) => within((inside) => rollBack(inside, tool, 1, by))),
  )
  expect(new Set(both.map(({ outcome }) => outcome))).toEqual(new Set(['live', 'unchanged']))
  const about = await here.stores.activity.page(
    { action: 'version.rolled_back', subject: `${tool.server}__${tool.name}` },
    { limit: 5 },
  )
  expect(about).toHaveLength(1)
})

import * as fc from 'fast-check'
import { z } from 'zod'
import { PermissionList } from '#contract/admin-door/permissions.ts'
import { adminDoes } from '../admin-does.ts'
import { admin, anyAdmin, anyPick, pick, picked } from '../choices.ts'
import { eventKind } from '../event.ts'

/** An admin takes a standing permission back. */
export const forbid = eventKind({
  name: 'forbid',
  schema: z.object({ by: admin, pick }),
  arbitrary: fc.record({ by: anyAdmin, pick: anyPick }),
  async happen(world, { by, pick }) {
    const heard = await world.admin(by, '/api/permissions')
    if (heard === null) return
    const { items } = PermissionList.parse(JSON.parse(heard.body))
    const granted = items.filter(({ revoked }) => revoked === null)
    const key = (one: (typeof granted)[number]) => [one.server, one.tool, one.value].join()
    const permission = picked(
      granted.toSorted((one, other) => (key(one) < key(other) ? -1 : 1)),
      pick,
    )
    if (permission === undefined) return
    const { id, server, tool } = permission
    await adminDoes(world, by, `/api/permissions/${id}/revocation`, {
      asked: { method: 'POST', body: { reason: 'No more.' } },
      deed: {
        action: 'permission.revoked',
        subject: tool === null ? server : `${server}__${tool}`,
      },
      fact: { name: `permission ${id}`, value: 'revoked' },
    })
  },
})

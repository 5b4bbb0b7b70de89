import * as fc from 'fast-check'
import { z } from 'zod'
import { PermissionView } from '#contract/admin-door/permissions.ts'
import { wireName } from '#contract/names.ts'
import { adminDoes } from '../admin-does.ts'
import { admin, anyAdmin, anyServer, anyTool, HOSTS, place } from '../choices.ts'
import { eventKind } from '../event.ts'
import { tryDraft } from './try-draft.ts'

/** An admin permits a host to drafts of a tool, or of a server, and an assistant tries one. */
export const permit = eventKind({
  name: 'permit',
  weight: 2,
  schema: place.extend({ by: admin, host: z.enum(HOSTS), everywhere: z.boolean() }),
  arbitrary: fc.record({
    server: anyServer,
    tool: anyTool,
    by: anyAdmin,
    host: fc.constantFrom(...HOSTS),
    everywhere: fc.boolean(),
  }),
  async happen(world, { server, tool, by, host, everywhere }) {
    const named = everywhere ? null : tool
    const done = await adminDoes(world, by, '/api/permissions', {
      asked: { method: 'POST', body: { server, tool: named, kind: 'host', value: host } },
      deed: {
        action: 'permission.granted',
        subject: everywhere ? server : wireName(server, tool),
      },
    })
    if (done !== null) {
      const { id } = PermissionView.parse(JSON.parse(done.body))
      world.ledger.facts.set(`permission ${id}`, 'granted')
    }
    await tryDraft.read({ server, tool, by: 'ada' }).happen(world)
  },
})

import * as fc from 'fast-check'
import { z } from 'zod'
import { PermissionView } from '#contract/admin-door/permissions.ts'
import { wireName } from '#contract/names.ts'
import { adminDoes } from '../admin-does.ts'
import { admin, anyAdmin, anyServer, anyTool, HOSTS, place } from '../choices.ts'
import { eventKind } from '../event.ts'
import { tryDraft } from './try-draft.ts'
import { writeTool } from './write-tool.ts'

/**
 * An assistant writes a draft that names a host, an admin permits that one, or another, to drafts of the
 * tool or of its whole server, and the assistant tries it.
 */
export const permit = eventKind({
  name: 'permit',
  weight: 2,
  schema: place.extend({
    by: admin,
    named: z.enum(HOSTS),
    permitted: z.enum(HOSTS),
    everywhere: z.boolean(),
  }),
  arbitrary: fc.record({
    server: anyServer,
    tool: anyTool,
    by: anyAdmin,
    named: fc.constantFrom(...HOSTS),
    permitted: fc.constantFrom(...HOSTS),
    everywhere: fc.boolean(),
  }),
  async happen(world, { server, tool, by, named, permitted, everywhere }) {
    const text = { text: 8, fails: false, secrets: ['API_KEY'], hosts: [named], tested: false }
    await writeTool.read({ server, tool, by: 'ada', ...text }).happen(world)
    const of = { server, tool: everywhere ? null : tool }
    const done = await adminDoes(world, by, '/api/permissions', {
      asked: { method: 'POST', body: { ...of, kind: 'host', value: permitted } },
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

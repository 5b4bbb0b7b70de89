import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { ENDPOINTS } from '#contract/admin-door/endpoints.ts'
import { legacyClient } from './clients.ts'
import { ADMIN, startStack, type Stack } from './stack.ts'

/** What an admin takes back, from their click to a process that is running. */

/** Asks for what it may ask for, though it is never let there, until that changes. */
const ASKING = `
import asyncio

async def main():
    """Says why it is let nowhere, first and last."""
    first = last = await reason()
    await ctx.progress(1, 2)
    while last == first:
        await asyncio.sleep(0.05)
        last = await reason()
    return [first, last]

async def reason():
    try:
        await http.get('http://127.0.0.1:9/')
    except Exception as refused:
        return refused.reason
`
const HOST = '127.0.0.1:9'
const named = { server: 'asking', name: 'twice' }

let stack: Stack
beforeAll(async () => {
  stack = await startStack()
})
afterAll(() => stack[Symbol.asyncDispose]())

const author = () => legacyClient(stack.origins[0]!.mcp)

/** What a call says at its end, and before that, a moment that it runs at. */
async function running(
  name: string,
  args: Record<string, unknown>,
  meanwhile: () => Promise<unknown>,
) {
  await using client = await author()
  const runs = Promise.withResolvers<void>()
  const end = client.call(name, args, () => runs.resolve())
  await runs.promise
  await meanwhile()
  return (await end).structured
}

test('a running trial loses a permission, and a running call an approved host', async () => {
  await using client = await author()
  const clicks = stack.admin
  await client.call('mcpbox_create_server', { name: named.server })
  await client.call('mcpbox_create_tool', { ...named, code: ASKING, hosts: [HOST] })

  const body = { server: named.server, kind: 'host', value: HOST }
  const permission = await clicks.call(ENDPOINTS.grantPermission, { body })
  const revocation = { body: { reason: 'Enough.' } }
  const trial = await running('mcpbox_test_code', named, () =>
    clicks.call(ENDPOINTS.revokePermission, { params: { id: permission.id }, ...revocation }),
  )
  expect(trial).toEqual({ result: ['address_forbidden', 'withdrawn'] })

  const asked = await client.call('mcpbox_request_publish', named)
  await stack.approve(z.object({ approval: z.string() }).parse(asked.structured).approval)
  const { items } = await clicks.call(ENDPOINTS.listGrants, { query: { server: named.server } })
  const params = { id: items[0]?.id ?? '' }
  const call = await running('asking__twice', {}, () =>
    clicks.call(ENDPOINTS.revokeGrant, { params, ...revocation }),
  )
  expect(call).toEqual({ result: ['address_forbidden', 'withdrawn'] })
  expect((await client.call('asking__twice')).text).toContain(`${ADMIN.username} revoked it at`)
})

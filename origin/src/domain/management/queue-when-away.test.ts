import { afterAll, expect, test } from 'vitest'
import type { JsonObject } from '#contract/json.ts'
import { openMemory } from '../../testing/databases.ts'
import { problem, result, startEngine } from '../../testing/engines.ts'
import { ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import { approve, freshName, newAdmin } from '../../testing/tools.ts'
import { CatalogReader } from '../catalog.ts'
import { DEFAULT_LISTING } from '../listing.ts'

const opened = await openMemory()
const { engine } = startEngine(opened, new ScriptedSandbox())
const catalog = new CatalogReader(opened.stores, opened.notices, DEFAULT_LISTING)
afterAll(async () => {
  catalog[Symbol.dispose]()
  await engine[Symbol.asyncDispose]()
  await opened[Symbol.asyncDispose]()
})
const admin = await newAdmin(opened.stores)

async function told(name: string, args: JsonObject): Promise<unknown> {
  return (await result(engine, name, args)).structuredContent
}

async function newTool(more: JsonObject = {}) {
  const server = freshName()
  await told('mcpbox_create_server', { name: server })
  const code = 'def main(): return 1'
  const made = await told('mcpbox_create_tool', { server, name: 'note', code, ...more })
  return { server, name: 'note', made }
}

async function publish(tool: { server: string; name: string }) {
  await told('mcpbox_request_publish', { server: tool.server, name: tool.name })
  const approval = (await opened.stores.approvals.list('waiting', { after: null, limit: 500 })).at(
    -1,
  )
  if (approval === undefined) throw new Error('nothing waits')
  await approve(opened.within, admin, approval)
}

async function listed({ server, name }: { server: string; name: string }) {
  const { tools } = await catalog.read()
  return tools.find((tool) => tool.name === `${server}__${name}`)
}

test('a call waits for nothing unless the author says so', async () => {
  const tool = await newTool()
  expect(tool.made).toMatchObject({ queue_when_away: false })
  await publish(tool)
  expect(await listed(tool)).not.toHaveProperty('queueWhenAway')
})

test('what the author says and a person approved is in the catalog', async () => {
  const tool = await newTool({ queue_when_away: true })
  expect(tool.made).toMatchObject({ queue_when_away: true })
  await publish(tool)
  expect(await listed(tool)).toMatchObject({ queueWhenAway: true })
})

test('to let calls wait is another text, which a person has to approve', async () => {
  const tool = await newTool()
  await publish(tool)
  const { server, name } = tool
  const changed = await told('mcpbox_update_tool', { server, name, queue_when_away: true })
  expect(changed).toMatchObject({ version: 2, state: 'draft', queue_when_away: true })
  expect(await listed(tool)).not.toHaveProperty('queueWhenAway')
})

test('what an update leaves out stays, as long as it is a tool', async () => {
  const { server, name } = await newTool({ queue_when_away: true })
  const update = (more: JsonObject) => told('mcpbox_update_tool', { server, name, ...more })
  expect(await update({ timeout_ms: 5_000 })).toMatchObject({ queue_when_away: true })
  expect(await update({ kind: 'prompt' })).toMatchObject({ queue_when_away: false })
})

test.each(['prompt', 'resource'])('nobody can let the reading of a %s wait', async (kind) => {
  const server = freshName()
  await told('mcpbox_create_server', { name: server })
  const refused = await problem(engine, 'mcpbox_create_tool', {
    server,
    name: 'note',
    code: 'def main(): return 1',
    kind,
    ...(kind === 'resource' && { published_as: `notes://${server}` }),
    queue_when_away: true,
  })
  expect(refused).toMatchObject({
    code: 'code_invalid',
    message: 'queue_when_away: only calls of tools can wait.',
  })
})

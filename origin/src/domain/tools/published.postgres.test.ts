import { afterAll, expect, inject, test } from 'vitest'
import type { Publication } from '#contract/publication.ts'
import { freshDatabase, openReplica } from '../../testing/databases.ts'
import { approvedTool, freshName, redraft, asked, approve } from '../../testing/tools.ts'
import { callableVersion, readableVersion } from './callable.ts'

const database = await freshDatabase(inject('postgresUrl'))
const opened = await openReplica(database.url)
afterAll(async () => {
  await opened[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})
const { stores, within } = opened

const published = (publication: Publication) => approvedTool(opened, { publication })
const resource = (uri: string): Publication => ({ kind: 'resource', uri, mimeType: null })
const taken = { problem: { code: 'name_taken' } }

test('what is published under another name is found there, and its own name leads there', async () => {
  const name = `alias.${freshName()}`
  const { version, wire } = await published({ kind: 'tool', name })
  expect((await callableVersion(stores, 'tool', name)).version.id).toBe(version.id)
  await expect(callableVersion(stores, 'tool', wire)).rejects.toMatchObject({
    problem: { code: 'unknown_tool', message: expect.stringContaining(`as the tool "${name}"`) },
  })
})

test('a name is one thing’s among the live ones of its kind', async () => {
  const name = `alias.${freshName()}`
  await published({ kind: 'tool', name })
  await expect(published({ kind: 'tool', name })).rejects.toMatchObject(taken)
  await expect(published({ kind: 'prompt', name })).resolves.toBeDefined()
})

test('a name is free again when what had it goes live under another', async () => {
  const name = `alias.${freshName()}`
  const { tool, version, admin } = await published({ kind: 'tool', name })
  await redraft(within, version, { publication: { kind: 'tool', name: `${name}.b` } })
  await approve(within, admin, await asked(within, tool))
  await expect(published({ kind: 'tool', name })).resolves.toBeDefined()
})

test('a prompt is no tool, nor the other way round', async () => {
  const { wire } = await approvedTool(opened)
  await expect(callableVersion(stores, 'prompt', wire)).rejects.toMatchObject({
    problem: { code: 'unknown_prompt' },
  })
})

test('an address is read by the resource that has it, before any that it fits', async () => {
  const server = freshName()
  const many = await published(resource(`${server}://{day}`))
  const one = await published(resource(`${server}://today`))
  const reader = async (uri: string) => (await readableVersion(stores, uri)).version.id
  expect(await reader(`${server}://today`)).toBe(one.version.id)
  expect(await reader(`${server}://monday`)).toBe(many.version.id)
  await expect(reader(`${server}://a/b`)).rejects.toMatchObject({
    problem: { code: 'unknown_resource' },
  })
})

test('no resource takes the addresses of another by other names of its variables', async () => {
  const server = freshName()
  await published(resource(`${server}://{day}`))
  await expect(published(resource(`${server}://{a}`))).rejects.toMatchObject(taken)
})

test.each(['a\0b', 'a\ud800', '{a}'])('the address %j is of no resource', async (uri) => {
  await expect(readableVersion(stores, uri)).rejects.toMatchObject({
    problem: { code: 'unknown_resource' },
  })
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { removeFrozen } from '../origin/sandbox/packages/frozen-tree.ts'
import { noPip } from '../origin/sandbox/packages/testing/packaged-sandbox.ts'
import { tinyIndex } from '../origin/sandbox/packages/testing/tiny-index.ts'
import { wheel } from '../origin/sandbox/packages/testing/wheel.ts'
import { legacyClient, type Progress } from './clients.ts'
import { startStack, type Stack } from './stack.ts'

/** A package, from the author's wish over what a person sees of it to a call that imports it. */

const CODE = `
import greet
def main() -> str:
    """Greets."""
    return greet.greet()
`
const made = (version: string) =>
  wheel({
    name: 'Tiny_Greet',
    version,
    files: { 'greet.py': `def greet(): return 'hello from ${version}'\n` },
    license: 'MIT',
  })
const Asked = z.object({ approval: z.string() })

describe.skipIf(noPip !== null)('a tool with a package', () => {
  let index: Awaited<ReturnType<typeof tinyIndex>>
  let stack: Stack
  let sets: string

  beforeAll(async () => {
    index = await tinyIndex([made('1.0'), made('1.1')])
    index.advisories.found['tiny-greet==1.0'] = ['MAL-2026-1']
    sets = await mkdtemp(join(tmpdir(), 'mcpbox-sets-'))
    await chmod(sets, 0o755)
    const { PIP_INDEX_URL } = index.env
    const env = { PIP_INDEX_URL, OSV_URL: `${index.url}/osv`, MCPBOX_MODULE_SETS: sets }
    stack = await startStack({ env })
  })
  afterAll(async () => {
    await stack[Symbol.asyncDispose]()
    await index[Symbol.asyncDispose]()
    await removeFrozen(sets)
  })

  const author = () => legacyClient(stack.origins[0]!.mcp)

  test('is written, approved in view of what is known, and called', async () => {
    await using client = await author()
    await client.call('mcpbox_create_server', { name: 'tiny' })
    const progress: Progress[] = []
    const draft = { server: 'tiny', name: 'greet', code: CODE, packages: ['Tiny_Greet==1.0'] }
    const written = await client.call('mcpbox_create_tool', draft, (said) => progress.push(said))
    expect(written.structured).toMatchObject({
      manifest: { packages: ['tiny-greet==1.0'] },
      module_lock: { packages: [{ name: 'tiny-greet', imports: ['greet'] }] },
    })
    expect(progress.map(({ message }) => message).join('\n')).toContain('tiny-greet==1.0')

    const tried = await client.call('mcpbox_test_code', { server: 'tiny', name: 'greet' })
    expect(tried).toMatchObject({ isError: true, text: expect.stringContaining('greet') })

    const asked = await client.call('mcpbox_request_publish', { server: 'tiny', name: 'greet' })
    const { approval } = Asked.parse(asked.structured)
    expect((await stack.admin.approval(approval)).package_facts).toMatchObject([
      { name: 'tiny-greet', exists: true, latest: '1.1', license: 'MIT', malware: ['MAL-2026-1'] },
    ])
    await stack.approve(approval)
    expect((await client.call('tiny__greet')).text).toContain('hello from 1.0')
  })

  test('keeps its packages when only its code changes, and gets others when it names others', async () => {
    await using client = await author()
    const same = { server: 'tiny', name: 'greet', code: `${CODE}\n# again\n` }
    const before = index.asked.length
    const changed = await client.call('mcpbox_update_tool', same)
    expect(changed.structured).toMatchObject({ manifest: { packages: ['tiny-greet==1.0'] } })
    expect(index.asked).toHaveLength(before)

    const newer = { server: 'tiny', name: 'greet', packages: ['tiny.greet==1.1'] }
    await client.call('mcpbox_update_tool', newer)
    const asked = await client.call('mcpbox_request_publish', { server: 'tiny', name: 'greet' })
    expect((await client.call('tiny__greet')).text).toContain('hello from 1.0')
    await stack.approve(Asked.parse(asked.structured).approval)
    expect((await client.call('tiny__greet')).text).toContain('hello from 1.1')
  })

  test('without a version it is refused, with the newest one', async () => {
    await using client = await author()
    const unsaid = { server: 'tiny', name: 'other', code: CODE, packages: ['Tiny_Greet'] }
    const { isError, text } = await client.call('mcpbox_create_tool', unsaid)
    expect(isError).toBe(true)
    expect(text).toContain('tiny-greet==1.1')
  })

  test('what the index does not have is refused', async () => {
    await using client = await author()
    const unknown = { server: 'tiny', name: 'other', code: CODE, packages: ['nobody-made-this==1'] }
    const { isError, text } = await client.call('mcpbox_create_tool', unknown)
    expect(isError).toBe(true)
    expect(text).toContain('nobody-made-this==1')
  })
})

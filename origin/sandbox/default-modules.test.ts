import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { DEFAULT_MODULES, isDefaultModule } from '#contract/default-modules.ts'

const listed = async (path: string, list: RegExp) =>
  list
    .exec(await readFile(new URL(path, import.meta.url), 'utf8'))?.[1]
    ?.trim()
    .split(/\s+/)

test('what authors are told they may import is what the sandbox lets them import', async () => {
  expect(DEFAULT_MODULES.python).toEqual(
    await listed('python/inside/tool/modules.py', /frozenset\(\s*"""(.*?)"""/s),
  )
  expect(DEFAULT_MODULES.typescript).toEqual(
    await listed('engine/inside/modules.ts', /OFFERED = new Set\(\s*`(.*?)`/s),
  )
})

test.each([
  ['python', 'json', true],
  ['python', 'json.decoder', true],
  ['python', 'mcpbox', true],
  ['python', 'jsonlines', false],
  ['python', 'urllib', false],
  ['python', 'sqlite3', false],
  ['typescript', 'node:crypto', true],
  ['typescript', 'stream/promises', true],
  ['typescript', 'stream/web', false],
  ['typescript', 'fs', false],
] as const)('of %s, %s is a default module: %s', (language, name, is) => {
  expect(isDefaultModule(language, name)).toBe(is)
})

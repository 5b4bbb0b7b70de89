import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { readPreviousKeys, readSecrets } from './secrets-file.ts'

const home = await mkdtemp(join(tmpdir(), 'mcpbox-secrets-'))
afterAll(() => rm(home, { recursive: true }))
let folders = 0

/** A folder that is not there yet. */
const newFolder = () => join(home, String(folders++), 'data')

async function folderWith(text: string): Promise<string> {
  const folder = newFolder()
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'secrets.env'), text)
  return folder
}

const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)
const key = (digit: string) => digit.repeat(64)
const given = {
  MCPBOX_ENCRYPTION_KEY: key('a'),
  SANDBOX_API_KEY: key('b'),
  MCPBOX_DEPLOY_KEY: key('c'),
  MCPBOX_TUNNEL_KEY: key('d'),
}
const fileOf = (secrets: object) =>
  Object.entries(secrets)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')

test('the first start makes secrets that only their owner can read', async () => {
  const folder = newFolder()
  const secrets = await readSecrets(folder, {})
  expect(new Set(Object.values(secrets)).size).toBe(4)
  for (const value of Object.values(secrets)) expect(value).toMatch(/^[0-9a-f]{64}$/)
  expect(await mode(folder)).toBe('700')
  expect(await mode(join(folder, 'secrets.env'))).toBe('600')
  expect(await readdir(folder)).toEqual(['secrets.env'])
})

test('later starts read the same secrets', async () => {
  const folder = newFolder()
  const first = await readSecrets(folder, {})
  expect(await readSecrets(folder, {})).toEqual(first)
})

/** What processes say that read the secrets of this folder at the same time. */
async function readAtOnce(folder: string): Promise<string[]> {
  const module = fileURLToPath(new URL('secrets-file.ts', import.meta.url))
  const program = `import { readSecrets } from ${JSON.stringify(module)}; console.log(JSON.stringify(await readSecrets(${JSON.stringify(folder)}, {})))`
  const said = await Promise.all(
    Array.from({ length: 4 }, () =>
      promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]),
    ),
  )
  return said.map(({ stdout }) => stdout)
}

const { MCPBOX_TUNNEL_KEY: _tunnel, ...yesterdays } = given

test.each([
  ['no file yet', newFolder],
  ['a file of before', () => folderWith(fileOf(yesterdays))],
])('processes that start at once agree on the secrets, with %s', async (_what, folderOf) => {
  const folder = await folderOf()
  const said = await readAtOnce(folder)
  expect(new Set(said).size).toBe(1)
  expect(JSON.parse(said[0] ?? '')).toEqual(await readSecrets(folder, {}))
  expect(await readdir(folder)).toEqual(['secrets.env'])
})

test.each(['SANDBOX_API_KEY', 'MCPBOX_DEPLOY_KEY', 'MCPBOX_TUNNEL_KEY'] as const)(
  'a file from before there was %s gets one, and keeps all else as it was',
  async (name) => {
    const { [name]: _, ...before } = given
    const text = `# mine\n${fileOf(before)}`.trimEnd()
    const folder = await folderWith(text)
    const secrets = await readSecrets(folder, {})
    expect(secrets).toEqual({ ...before, [name]: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect(await readFile(join(folder, 'secrets.env'), 'utf8')).toBe(
      `${text}\n${name}=${secrets[name]}\n`,
    )
    expect(await readSecrets(folder, {})).toEqual(secrets)
  },
)

test('what the environment says is not added to the file', async () => {
  const folder = await folderWith(fileOf(yesterdays))
  expect(await readSecrets(folder, given)).toEqual(given)
  expect(await readSecrets(folder, { MCPBOX_TUNNEL_KEY: given.MCPBOX_TUNNEL_KEY })).toEqual(given)
  expect(await readFile(join(folder, 'secrets.env'), 'utf8')).toBe(fileOf(yesterdays))
})

test('the environment goes before the file', async () => {
  const folder = await folderWith(`# a comment\n\n${fileOf(given)}`)
  const SANDBOX_API_KEY = 'from the environment, 32 or more'
  expect(await readSecrets(folder, { SANDBOX_API_KEY })).toEqual({ ...given, SANDBOX_API_KEY })
})

test('with all secrets in the environment no file is made', async () => {
  const folder = newFolder()
  expect(await readSecrets(folder, given)).toEqual(given)
  await expect(stat(folder)).rejects.toMatchObject({ code: 'ENOENT' })
})

test.each([
  ['MCPBOX_ENCRYPTION_KEY', 'xyz', '64 hex digits'],
  ['MCPBOX_ENCRYPTION_KEY', key('g'), '64 hex digits'],
  ['SANDBOX_API_KEY', 'short', 'at least 32 characters'],
  ['MCPBOX_DEPLOY_KEY', 'short', 'at least 32 characters'],
  ['MCPBOX_TUNNEL_KEY', 'short', 'at least 32 characters'],
])('%s=%s is refused by its name, without its value', async (name, value, rule) => {
  const refusal = readSecrets(newFolder(), { ...given, [name]: value })
  await expect(refusal).rejects.toThrow(new RegExp(`^${name} .*${rule}$`))
  await expect(refusal).rejects.not.toThrow(value)
})

test('a key of what is stored is never made up: its file is refused, and left as it was', async () => {
  const { MCPBOX_ENCRYPTION_KEY: _, ...rest } = yesterdays
  const folder = await folderWith(fileOf(rest))
  await expect(readSecrets(folder, {})).rejects.toThrow(
    `MCPBOX_ENCRYPTION_KEY (environment or ${folder}`,
  )
  expect(await readFile(join(folder, 'secrets.env'), 'utf8')).toBe(fileOf(rest))
})

test('two secrets that are equal are refused', async () => {
  await expect(
    readSecrets(newFolder(), { ...given, SANDBOX_API_KEY: given.MCPBOX_ENCRYPTION_KEY }),
  ).rejects.toThrow('must all differ')
})

test('a file that is there but is no file is a failure, not a reason for new secrets', async () => {
  const folder = newFolder()
  await mkdir(join(folder, 'secrets.env'), { recursive: true })
  await chmod(folder, 0o700)
  await expect(readSecrets(folder, {})).rejects.toMatchObject({ code: 'EISDIR' })
})

test('earlier encryption keys come from the environment, or from the file, or there are none', async () => {
  const folder = await folderWith(
    fileOf({ ...given, MCPBOX_PREVIOUS_ENCRYPTION_KEYS: `${key('d')}, ${key('e')}` }),
  )
  expect(await readPreviousKeys(folder, {})).toEqual([key('d'), key('e')])
  const env = { MCPBOX_PREVIOUS_ENCRYPTION_KEYS: key('f') }
  expect(await readPreviousKeys(folder, env)).toEqual([key('f')])
  expect(await readPreviousKeys(newFolder(), {})).toEqual([])
})

test('an earlier key that is none is refused, and not told', async () => {
  const env = { MCPBOX_PREVIOUS_ENCRYPTION_KEYS: `${key('d')},hunter2` }
  await expect(readPreviousKeys(newFolder(), env)).rejects.toThrow(
    /^MCPBOX_PREVIOUS_ENCRYPTION_KEYS: each must be 64 hex digits$/,
  )
})

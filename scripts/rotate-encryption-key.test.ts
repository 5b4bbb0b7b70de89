import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { aesCipher } from '../origin/src/storage/cipher.ts'
import { openDatabase } from '../origin/src/storage/database.ts'
import { DEFAULT_POOL } from '../origin/src/storage/pool.ts'
import { pgStores } from '../origin/src/storage/stores.ts'
import { rotateEncryptionKey } from './rotate-encryption-key.ts'

const OLD = '0a'.repeat(32)
const NEW = '0b'.repeat(32)
const WRONG = '0c'.repeat(32)
// The embedded database takes a second or two to open, on a machine with other things to do.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const PROGRAM = fileURLToPath(new URL('../origin/src/testing/resealing.ts', import.meta.url))

const folder = await mkdtemp(join(tmpdir(), 'mcpbox-rotate-'))
afterAll(() => rm(folder, { recursive: true }))

const open = () => openDatabase({ url: null, folder, pool: DEFAULT_POOL, onFault: () => {} })

async function withStores<T>(
  key: string,
  work: (stores: ReturnType<typeof pgStores>) => Promise<T>,
): Promise<T> {
  await using database = await open()
  return await work(pgStores(database.db, aesCipher(key)))
}
const sessionKey = (key: string) => withStores(key, ({ settings }) => settings.get('session_key'))

async function rotate(args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const said: string[] = []
  const say = (text: string) => void said.push(text)
  await rotateEncryptionKey(args, { env: { MCPBOX_DATA: folder, ...env }, say })
  return said.join('\n')
}

beforeAll(() => withStores(OLD, ({ settings }) => settings.set('session_key', 'a session key')))

test.each([
  ['a new key that is none', ['--old-key', OLD, '--new-key', 'abc'], 'new key must be 64 hex'],
  ['an old key that is none', ['--old-key', 'zz', '--new-key', NEW], 'old key must be 64 hex'],
  ['one key as both', ['--old-key', OLD, '--new-key', OLD], 'are the same'],
  ['no old key', ['--new-key', NEW], 'There is no old key'],
  ['a wrong old key', ['--old-key', WRONG, '--new-key', NEW], 'opens the value at settings/'],
  ['a key said twice', ['--old-key', OLD, '--old-key-file', 'x', '--new-key', NEW], 'said twice'],
  ['an option that is none', ['--force'], '--force'],
])('%s is refused, and nothing changes', async (_what, args, sentence) => {
  await expect(rotate(args)).rejects.toThrow(sentence)
  expect(await sessionKey(OLD)).toBe('a session key')
})

test('while MCPbox runs on the embedded database, one sentence says so', async () => {
  await using _running = await open()
  await expect(rotate(['--old-key', OLD, '--new-key', NEW])).rejects.toThrow(
    `${folder} is in use by another MCPbox process`,
  )
})

test('a dry run says what would be done', async () => {
  expect(await rotate(['--dry-run', '--old-key', OLD, '--new-key', NEW])).toBe(
    [
      'table        to seal anew  new already',
      'settings                1            0',
      'secrets                 0            0',
      `Nothing was changed in the embedded database in ${folder}.`,
    ].join('\n'),
  )
  expect(await sessionKey(OLD)).toBe('a session key')
})

test('killed in the middle it has changed nothing', async () => {
  const program = spawn(process.execPath, [PROGRAM, '', folder, OLD, NEW, '1'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = once(program, 'exit')
  for await (const line of createInterface({ input: program.stdout }))
    if (line === 'written') program.kill('SIGKILL')
  await exited
  expect(program.signalCode).toBe('SIGKILL')
  expect(await sessionKey(OLD)).toBe('a session key')
})

test('keys come from files, so that no history holds them, and are not said', async () => {
  const files = { old: join(folder, 'old.key'), new: join(folder, 'new.key') }
  await writeFile(files.old, `${OLD}\n`)
  await writeFile(files.new, `${NEW.toUpperCase()}\n`)
  const said = await rotate(['--old-key-file', files.old, '--new-key-file', files.new])
  expect(said).toMatch(/^settings +1 +0$/m)
  expect(said).not.toMatch(/[0-9a-f]{64}/i)
  expect(await sessionKey(NEW)).toBe('a session key')
})

test('keys come from the environment, and what is done is not done again', async () => {
  const said = await rotate([], { MCPBOX_OLD_ENCRYPTION_KEY: OLD, MCPBOX_NEW_ENCRYPTION_KEY: NEW })
  expect(said).toMatch(/^settings +0 +1$/m)
})

test('with nothing said the keys are those of the installation', async () => {
  const next = '0d'.repeat(32)
  const said = await rotate([], {
    MCPBOX_ENCRYPTION_KEY: next,
    MCPBOX_PREVIOUS_ENCRYPTION_KEYS: `${NEW},${OLD}`,
  })
  expect(said).toMatch(/^settings +1 +0$/m)
  expect(await sessionKey(next)).toBe('a session key')
})

test('--help says what it takes', async () => {
  expect(await rotate(['--help'])).toContain('--old-key-file')
})

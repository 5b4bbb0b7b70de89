import { randomBytes } from 'node:crypto'
import { appendFile, link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

const hexKey = z.string().regex(/^[0-9a-f]{64}$/i, 'must be 64 hex digits')
const apiKey = z.string().min(32, 'must have at least 32 characters')

/** Keys that no database may hold: one opens the database's secrets, the others open doors. */
const Secrets = z.object({
  MCPBOX_ENCRYPTION_KEY: hexKey,
  SANDBOX_API_KEY: apiKey,
  /** Opens `/internal` to the script that deploys the Worker. */
  MCPBOX_DEPLOY_KEY: apiKey,
  /** Opens `GET /internal/active-tunnel-token`, for what runs cloudflared. */
  MCPBOX_TUNNEL_KEY: apiKey,
})
export type Secrets = z.infer<typeof Secrets>

/** Name of the file in the data folder. */
export const SECRETS_FILE = 'secrets.env'
const PREVIOUS = 'MCPBOX_PREVIOUS_ENCRYPTION_KEYS'

/** What nothing stored depends on: a fresh one is as good. */
const DOOR_KEYS = ['SANDBOX_API_KEY', 'MCPBOX_DEPLOY_KEY', 'MCPBOX_TUNNEL_KEY'] as const

/**
 * Secrets from the environment, and for the rest from `secrets.env` in the data folder, which is
 * made with fresh ones (mode 0600) when missing. Keys of doors that a file of before does not
 * have are added to it; MCPBOX_ENCRYPTION_KEY never is, as a new one opens nothing that is stored.
 * @throws with the name of a secret that is malformed, missing and not to be made up, or equal to
 *   another one.
 */
export async function readSecrets(folder: string, env: NodeJS.ProcessEnv): Promise<Secrets> {
  const names = Object.keys(Secrets.shape)
  const given = Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])))
  const kept = Object.keys(given).length === names.length ? {} : await readWhole(folder, given)
  const read = Secrets.safeParse({ ...kept, ...given })
  if (!read.success)
    throw new Error(
      read.error.issues
        .map(
          ({ path, message }) =>
            `${path.join('.')} (environment or ${join(folder, SECRETS_FILE)}): ${message}`,
        )
        .join('\n'),
    )
  const values = Object.values(read.data)
  if (new Set(values).size < values.length) throw new Error(`${names.join(', ')} must all differ`)
  return read.data
}

/**
 * Keys that `MCPBOX_ENCRYPTION_KEY` was before, newest first: what they sealed still opens. From
 * `MCPBOX_PREVIOUS_ENCRYPTION_KEYS` (with commas between) in the environment or in `secrets.env`.
 * @throws when one of them is no key.
 */
export async function readPreviousKeys(folder: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const given =
    env[PREVIOUS] ??
    parse(
      await readFile(join(folder, SECRETS_FILE), 'utf8').catch((fault: unknown) => {
        if (isCode(fault, 'ENOENT')) return ''
        throw fault
      }),
    )[PREVIOUS]
  const keys = (given ?? '').split(',').filter((key) => key.trim() !== '')
  return keys.map((key) => {
    const read = hexKey.safeParse(key.trim())
    if (!read.success) throw new Error(`${PREVIOUS}: each must be 64 hex digits`)
    return read.data
  })
}

/** What the file holds, after what doors lack of it was added. */
async function readWhole(folder: string, given: object): Promise<Record<string, string>> {
  const text = await readOrCreate(folder)
  const kept = parse(text)
  const whole = { ...kept, ...given }
  const lacking = DOOR_KEYS.filter((name) => !(name in whole))
  if (lacking.length === 0 || !('MCPBOX_ENCRYPTION_KEY' in whole)) return kept
  // Added in one write, and the first line of a name is the one that counts: processes that start
  // at once agree.
  const path = join(folder, SECRETS_FILE)
  const ended = text === '' || text.endsWith('\n') ? '' : '\n'
  await appendFile(path, ended + freshLines(lacking), { flush: true })
  return parse(await readFile(path, 'utf8'))
}

async function readOrCreate(folder: string): Promise<string> {
  const path = join(folder, SECRETS_FILE)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  try {
    return await readFile(path, 'utf8')
  } catch (fault) {
    if (!isCode(fault, 'ENOENT')) throw fault
  }
  // Written beside and linked into place: nobody ever reads half a file, and the first one wins.
  const beside = `${path}.${randomBytes(6).toString('hex')}`
  await writeFile(
    beside,
    `# Keep a copy: without MCPBOX_ENCRYPTION_KEY stored secrets are lost.\n${freshLines(Object.keys(Secrets.shape))}`,
    {
      mode: 0o600,
      flag: 'wx',
      flush: true,
    },
  )
  try {
    await link(beside, path)
  } catch (fault) {
    if (!isCode(fault, 'EEXIST')) throw fault
  } finally {
    await unlink(beside)
  }
  return readFile(path, 'utf8')
}

function freshLines(names: readonly string[]): string {
  return names.map((name) => `${name}=${randomBytes(32).toString('hex')}\n`).join('')
}

/** The first line of a name counts. */
function parse(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line.includes('=') && !line.startsWith('#'))
      .toReversed()
      .map((line) => [
        line.slice(0, line.indexOf('=')).trim(),
        line.slice(line.indexOf('=') + 1).trim(),
      ]),
  )
}

function isCode(fault: unknown, code: string): boolean {
  return fault instanceof Error && 'code' in fault && fault.code === code
}

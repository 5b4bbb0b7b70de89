import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { readConfig } from '../origin/src/config.ts'
import { readPreviousKeys, readSecrets } from '../origin/src/secrets-file.ts'
import { openDatabase } from '../origin/src/storage/database.ts'
import { DEFAULT_POOL } from '../origin/src/storage/pool.ts'
import { reseal, type Resealed } from '../origin/src/storage/reseal.ts'

export const ROTATE_USAGE = `Usage: npx mcpbox rotate-encryption-key [--dry-run]

Seals everything in the database with the new key. docs/operations.md says when, and what to do before and after.

  --old-key-file <file>  key that sealed what is there: 64 hex digits
  --new-key-file <file>  key that is to seal it
  --old-key <hex>        the same, where the history of the shell may hold it
  --new-key <hex>
  --dry-run              open everything, say what would be done, and do nothing

Keys left out are taken from MCPBOX_OLD_ENCRYPTION_KEY and MCPBOX_NEW_ENCRYPTION_KEY, or else are those of this
installation: the new one MCPBOX_ENCRYPTION_KEY, the old ones MCPBOX_PREVIOUS_ENCRYPTION_KEYS.
The database is DATABASE_URL, or else the embedded one in MCPBOX_DATA (./data); MCPbox must not run on that meanwhile.`

/** Where the command runs. */
export interface Surroundings {
  env: NodeJS.ProcessEnv
  say: (text: string) => void
}

/**
 * `npx mcpbox rotate-encryption-key …`
 * @throws with one sentence when a key is none, does not open what is there, or the database is in use
 */
export async function rotateEncryptionKey(
  args: string[],
  { env, say }: Surroundings,
): Promise<void> {
  const text = { type: 'string' } as const
  const { values: flags } = parseArgs({
    args,
    options: {
      'old-key': text,
      'new-key': text,
      'old-key-file': text,
      'new-key-file': text,
      'dry-run': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (flags.help) return say(ROTATE_USAGE)
  const { dataFolder, databaseUrl } = readConfig(env)
  const given = {
    old: await keyFrom('old', flags['old-key'], flags['old-key-file'], env),
    new: await keyFrom('new', flags['new-key'], flags['new-key-file'], env),
  }
  const to = given.new ?? (await readSecrets(dataFolder, env)).MCPBOX_ENCRYPTION_KEY.toLowerCase()
  if (given.old === to) throw new Error('The old key and the new one are the same.')
  const before = (await readPreviousKeys(dataFolder, env)).map((key) => key.toLowerCase())
  const from = given.old === null ? before.filter((key) => key !== to) : [given.old]
  if (from.length === 0) throw new Error('There is no old key: say it, as --help tells.')

  await using database = await openDatabase({
    url: databaseUrl,
    folder: dataFolder,
    pool: DEFAULT_POOL,
    onFault: (fault) => say(String(fault)),
  })
  const dryRun = flags['dry-run']
  say(table(await reseal(database.db, { from, to, dryRun }), dryRun))
  say(
    dryRun
      ? `Nothing was changed in the ${database.label}.`
      : `All of it was read back from the ${database.label} and opens with the new key alone. Once it is the MCPBOX_ENCRYPTION_KEY of every process, take the old one out of MCPBOX_PREVIOUS_ENCRYPTION_KEYS.`,
  )
}

async function keyFrom(
  which: 'old' | 'new',
  typed: string | undefined,
  file: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<string | null> {
  if (typed !== undefined && file !== undefined)
    throw new Error(`The ${which} key is said twice, as itself and by its file.`)
  const said =
    typed ??
    (file === undefined
      ? env[`MCPBOX_${which.toUpperCase()}_ENCRYPTION_KEY`]
      : await readFile(file, 'utf8'))
  if (said === undefined || said === '') return null
  const key = said.trim().toLowerCase()
  if (!/^[0-9a-f]{64}$/.test(key)) throw new Error(`The ${which} key must be 64 hex digits.`)
  return key
}

function table(done: readonly Resealed[], dryRun: boolean): string {
  const rows = done.map((one) => [one.table, String(one.sealedAnew), String(one.already)])
  const head = ['table', dryRun ? 'to seal anew' : 'sealed anew', 'new already']
  return [head, ...rows]
    .map(([name = '', anew = '', already = '']) =>
      [name.padEnd(12), anew.padStart(12), already.padStart(12)].join(' '),
    )
    .join('\n')
}

import { openDatabase } from '../storage/database.ts'
import { DEFAULT_POOL } from '../storage/pool.ts'
import { reseal } from '../storage/reseal.ts'

/*
 * A program: seals everything in a database anew, says `written` for each value, and stands still before
 * the one that it is told, so that it can be killed in the middle.
 */
const [url = '', folder = '', from = '', to = '', stand = ''] = process.argv.slice(2)

await using database = await openDatabase({
  url: url === '' ? null : url,
  folder,
  pool: DEFAULT_POOL,
  onFault: () => {},
})
let written = 0
await reseal(database.db, { from: [from], to, dryRun: false }, async () => {
  process.stdout.write('written\n')
  // The pipe to the one who kills it keeps this process from ending by itself.
  if (++written === Number(stand)) await new Promise(() => process.stdin.resume())
})
process.stdout.write('kept\n')

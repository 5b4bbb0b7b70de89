import { sql } from 'drizzle-orm'
import { openDatabase } from '../storage/database.ts'
import { DEFAULT_POOL } from '../storage/pool.ts'

/*
 * A program: opens the embedded database in the folder it is told and writes rows, several at a
 * time, until it is killed. It says `open`, then the number of each row once that is committed.
 */
const [folder = '', startText = '0'] = process.argv.slice(2)
const WRITERS = 3

const { db } = await openDatabase({ url: null, folder, pool: DEFAULT_POOL, onFault: () => {} })
await db.execute(sql`create table if not exists kept (n int primary key, filler text not null)`)
process.stdout.write('open\n')
let next = Number(startText)
await Promise.all(
  Array.from({ length: WRITERS }, async () => {
    for (;;) {
      const n = next++
      await db.execute(sql`insert into kept values (${n}, ${'x'.repeat(1_000)})`)
      process.stdout.write(`${n}\n`)
    }
  }),
)

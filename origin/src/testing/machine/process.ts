import type { Stores } from '../../domain/stores.ts'
import { openOrigin } from '../admin.ts'
import { sql, type Opened } from '../databases.ts'
import { Fuse } from './fuse.ts'
import { mortalDatabase, mortalSandbox } from './mortal.ts'
import type { StandInSandbox } from './stand-in-sandbox.ts'

/** One origin process, until it dies. */
export type Process = ReturnType<typeof openOrigin> & { fuse: Fuse }

export function startProcess(
  opened: Opened,
  sandbox: StandInSandbox,
  seen: (stores: Stores) => Stores,
): Process {
  const fuse = new Fuse()
  const origin = openOrigin(mortalDatabase(opened, fuse, seen), mortalSandbox(sandbox, fuse))
  return { ...origin, fuse }
}

/** Clears away what is left of a process in memory; its leases have run out, as if time had passed. */
export async function bury({ fuse, engine, catalog, owner }: Process, { db }: Opened) {
  fuse.blow()
  catalog[Symbol.dispose]()
  await engine[Symbol.asyncDispose]().catch((fault: unknown) => {
    if (fault !== fuse.signal.reason && !fuse.isDead) throw fault
  })
  await db.execute(
    sql`update operations set lease_until = '-infinity' where owner = ${owner} and state = 'running'`,
  )
}

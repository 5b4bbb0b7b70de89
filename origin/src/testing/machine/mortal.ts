import type { Sandbox } from '../../domain/sandbox.ts'
import type { Stores, Within } from '../../domain/stores.ts'
import type { Notices } from '../../storage/notices.ts'
import type { Opened } from '../databases.ts'
import type { Fuse } from './fuse.ts'

/**
 * A database as a process sees it that can die: each call of a store is a moment to die at, before it
 * and after it, and so is the beginning of a unit of work and its end, before it is kept and after.
 */
export function mortalDatabase(
  opened: Opened,
  fuse: Fuse,
  seen: (stores: Stores) => Stores,
): Opened {
  const within: Within = async (work) => {
    fuse.burn()
    const done = await opened.within(async (stores) => {
      const worked = await work(mortalStores(seen(stores), fuse))
      fuse.burn()
      return worked
    })
    fuse.burn()
    return done
  }
  return {
    db: opened.db,
    stores: mortalStores(seen(opened.stores), fuse),
    within,
    notices: mortalNotices(opened.notices, fuse),
    pool: opened.pool,
    async [Symbol.asyncDispose]() {},
  }
}

/** A sandbox as that process sees it. What runs there goes on when the process dies. */
export function mortalSandbox(sandbox: Sandbox, fuse: Fuse): Sandbox {
  return mortal(sandbox, fuse)
}

function mortalStores(stores: Stores, fuse: Fuse): Stores {
  const wrapped = Object.entries(stores).map(([name, store]: [string, object]) => [
    name,
    typeof store === 'function' ? guarded(store as Method, stores, fuse) : mortal(store, fuse),
  ])
  return Object.fromEntries(wrapped) as Stores
}

function mortalNotices(notices: Notices, fuse: Fuse): Notices {
  return {
    on: (channel, listener) =>
      notices.on(channel, (about) => {
        if (!fuse.isDead) listener(about)
      }),
    async [Symbol.asyncDispose]() {},
  }
}

type Method = (...given: unknown[]) => Promise<unknown>

function mortal<T extends object>(port: T, fuse: Fuse): T {
  return new Proxy(port, {
    get(target, name) {
      const found: unknown = Reflect.get(target, name, target)
      return typeof found === 'function' ? guarded(found as Method, target, fuse) : found
    },
  })
}

function guarded(method: Method, of: object, fuse: Fuse): Method {
  return async (...given) => {
    fuse.burn()
    const came = await method.apply(of, given)
    fuse.burn()
    return came
  }
}

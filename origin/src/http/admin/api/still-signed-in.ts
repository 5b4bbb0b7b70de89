import type { Context } from 'hono'
import type { AdminStore } from '../../../domain/admins/admin-store.ts'
import type { AdminEnv } from '../signed-in.ts'

/** A sign-in that has ended gets nothing more after this time. */
const LOOK_MS = 1_000

/** News for as long as the sign-in that asked for it, and its bearer, are good. */
export async function* stillSignedIn<T>(
  c: Context<AdminEnv>,
  admins: Pick<AdminStore, 'signedIn'>,
  news: AsyncIterable<T>,
): AsyncGenerator<T> {
  const signInId = c.get('signInId')
  const until = c.get('goodUntil')
  let looked = Date.now()
  for await (const one of news) {
    const now = Date.now()
    if (now >= until) return
    if (now - looked >= LOOK_MS) {
      if ((await admins.signedIn({ id: signInId })) === null) return
      looked = now
    }
    yield one
  }
}

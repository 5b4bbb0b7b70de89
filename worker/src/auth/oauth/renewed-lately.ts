import { toBase64Url } from '#gateway/wire/base64url.ts'
import type { GrantStorage } from './grant-storage.ts'

/** KV forgets no sooner. */
const REMEMBERED_S = 60

/**
 * Remembers for a minute which upstream refresh tokens were used. A client may refresh twice at
 * once; a provider that rotates its tokens refuses the second use with the very words that it has
 * for somebody who was removed, and that must not end the grant that the first one renewed. KV is
 * too slow to tell of uses in the same instant.
 */
export class RenewedLately {
  readonly #kv: GrantStorage['OAUTH_KV']

  constructor({ OAUTH_KV }: GrantStorage) {
    this.#kv = OAUTH_KV
  }

  async note(upstreamRefreshToken: string): Promise<void> {
    await this.#kv.put(await keyOf(upstreamRefreshToken), '1', { expirationTtl: REMEMBERED_S })
  }

  async has(upstreamRefreshToken: string): Promise<boolean> {
    return (await this.#kv.get(await keyOf(upstreamRefreshToken))) !== null
  }
}

async function keyOf(token: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))
  return `renewed:${toBase64Url(new Uint8Array(digest))}`
}

import { randomBytes } from 'node:crypto'
import type { Doer, Seen } from '../activity.ts'
import { sha256 } from '../admins/sign-in.ts'
import { refuse } from '../refusal.ts'
import type { Stores } from '../stores.ts'
import { setSecret } from './change.ts'
import type { Secret, SecretLink } from './secret-store.ts'

const LINK_LASTS_MS = 30 * 60_000

/**
 * Makes a link behind which one secret can be set, once, by whoever has it. Only the hash of the
 * token is kept.
 */
export async function makeLink(
  { secrets, activity }: Stores,
  by: Doer,
  { id, server, name }: Secret,
): Promise<{ token: string; expiresAt: Date }> {
  const token = randomBytes(32).toString('base64url')
  const expiresAt = new Date(Date.now() + LINK_LASTS_MS)
  const link = await secrets.addLink({
    secretId: id,
    tokenHash: sha256(token),
    by: by.actor,
    expiresAt,
  })
  await activity.record({
    ...by,
    action: 'secret.link_made',
    subject: `${server}/${name}`,
    details: { link, expires_at: expiresAt.toISOString() },
  })
  return { token, expiresAt }
}

/** What a link is about. @throws Refusal link_invalid */
export async function readLink(
  { secrets }: Pick<Stores, 'secrets'>,
  token: string,
): Promise<SecretLink> {
  return (await secrets.link(sha256(token))) ?? linkInvalid()
}

/** Sets the secret behind a link, which is good for nothing then. @throws Refusal link_invalid */
export async function useLink(
  stores: Stores,
  token: string,
  value: string,
  seen: Seen,
): Promise<SecretLink> {
  const link = (await stores.secrets.useLink(sha256(token))) ?? linkInvalid()
  await setSecret(stores, { actor: `secret_link:${link.id}`, ...seen }, link.secret, value)
  return link
}

function linkInvalid(): never {
  return refuse('link_invalid', 'This link was used, has expired or never was; ask for another.')
}

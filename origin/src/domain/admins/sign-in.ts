import { createHash, randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { Username } from '#contract/admin-api.ts'
import { refuse } from '../refusal.ts'
import type { Stores, Within } from '../stores.ts'
import type { Admin } from './admin-store.ts'

/** OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, two passes, one lane. */
const ARGON2ID = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** Hash of a password that was thrown away: what a name that does not exist is checked against. */
const HASH_OF_NOBODY =
  '$argon2id$v=19$m=19456,t=2,p=1$1cWiJO0KwpwPhZMuVS9gLg$DFHAKmz1kDezIinReQ+g6+uBxj5KL/XMq0uoC3Ho86k'

const SIGN_IN_LASTS_MS = 7 * 24 * 3600 * 1000
const FAILURES_ALLOWED = 5
const FAILURES_WITHIN_MS = 60_000

/**
 * Makes the first admin, for the holder of the set-up token; the token is used up.
 * @throws Refusal setup_done, setup_token_invalid
 */
export async function setUp(
  within: Within,
  asked: { setupToken: string; username: string; password: string },
): Promise<void> {
  // Before the hash is worked out, which is made to be costly, and again where it counts.
  await within((stores) => assertMaySetUp(stores, asked.setupToken))
  const passwordHash = await hash(asked.password, ARGON2ID)
  await within(async (stores) => {
    await assertMaySetUp(stores, asked.setupToken)
    const { admins, settings, activity } = stores
    if (!(await settings.remove('setup_token')))
      refuse('setup_done', 'Somebody was faster; sign in.')
    const admin = await admins.add(asked.username, passwordHash)
    await activity.record({
      actor: `admin:${admin.username}`,
      action: 'admin.created',
      subject: admin.username,
    })
  })
}

async function assertMaySetUp(
  { admins, settings }: Pick<Stores, 'admins' | 'settings'>,
  setupToken: string,
): Promise<void> {
  const token = await settings.get('setup_token')
  if (token === null || (await admins.any()))
    return refuse('setup_done', 'There is an admin already; sign in.')
  if (sha256(token) !== sha256(setupToken))
    refuse('setup_token_invalid', 'This set-up link is not the one that was printed at the start.')
}

export interface SignIn {
  admin: Admin
  signInId: string
  /** What the cookie holds; only its hash is kept. */
  token: string
  expiresAt: Date
}

/**
 * Checks a password. Takes as long for a name that does not exist.
 * @throws Refusal sign_in_failed, too_many_attempts (five failures a minute per address)
 */
export async function signIn(
  stores: Pick<Stores, 'admins' | 'activity'>,
  asked: { username: string; password: string; address: string },
): Promise<SignIn> {
  const { admins, activity } = stores
  const since = new Date(Date.now() - FAILURES_WITHIN_MS)
  // Counts as failed until it succeeded, so that guesses sent all at once are counted, too.
  const attempt = await admins.addFailure(asked.address)
  if ((await admins.failuresSince(asked.address, since)) > FAILURES_ALLOWED) {
    await admins.removeFailure(attempt)
    refuse('too_many_attempts', 'Too many failed sign-ins from this address; wait a minute.')
  }
  const known = Username.safeParse(asked.username)
  const admin = known.success ? await admins.byName(known.data) : null
  const matches = await verify(admin?.passwordHash ?? HASH_OF_NOBODY, asked.password)
  if (admin === null || !matches) {
    await activity.record({
      actor: asked.address,
      action: 'admin.sign_in_failed',
      subject: asked.username.toWellFormed().replaceAll('\0', ''),
    })
    return refuse('sign_in_failed', 'The user name or the password is wrong.')
  }
  await admins.removeFailure(attempt)
  const token = randomBytes(32).toString('base64url')
  const expiresAt = new Date(Date.now() + SIGN_IN_LASTS_MS)
  const signInId = await admins.addSignIn(admin.id, sha256(token), expiresAt)
  await activity.record({
    actor: `admin:${admin.username}`,
    action: 'admin.signed_in',
    subject: admin.username,
    details: { address: asked.address },
  })
  return { admin, signInId, token, expiresAt }
}

/** The hash under which a cookie's token is kept. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

import { createHash, randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { Username } from '#contract/admin-api.ts'
import { adminDoer, type Seen } from '../activity.ts'
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
  seen: Seen,
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
      ...adminDoer(admin.username, seen),
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
  asked: { username: string; password: string },
  seen: Seen,
): Promise<SignIn> {
  const { admins, activity } = stores
  const address = seen.address ?? 'unknown'
  const attempt = await attemptFrom(address, admins)
  const known = Username.safeParse(asked.username)
  const admin = known.success ? await admins.byName(known.data) : null
  const matches = await verify(admin?.passwordHash ?? HASH_OF_NOBODY, asked.password)
  if (admin === null || !matches) {
    await activity.record({
      actor: 'nobody',
      ...seen,
      action: 'admin.sign_in_failed',
      subject: asked.username,
    })
    return refuse('sign_in_failed', 'The user name or the password is wrong.')
  }
  await admins.removeFailure(attempt)
  const token = randomBytes(32).toString('base64url')
  const expiresAt = new Date(Date.now() + SIGN_IN_LASTS_MS)
  const signInId = await admins.addSignIn({
    adminId: admin.id,
    tokenHash: sha256(token),
    address,
    client: seen.client,
    expiresAt,
  })
  await activity.record({
    ...adminDoer(admin.username, seen),
    action: 'admin.signed_in',
    subject: admin.username,
    details: { sign_in: signInId },
  })
  return { admin, signInId, token, expiresAt }
}

/**
 * Changes an admin's password and ends all other sign-ins of theirs, at once.
 * @throws Refusal password_wrong, too_many_attempts
 */
export async function changePassword(
  stores: Pick<Stores, 'admins'>,
  within: Within,
  { admin, signInId }: Pick<SignIn, 'admin' | 'signInId'>,
  asked: { current: string; next: string },
  seen: Seen,
): Promise<void> {
  const attempt = await attemptFrom(seen.address ?? 'unknown', stores.admins)
  if (!(await verify(admin.passwordHash, asked.current)))
    refuse('password_wrong', 'The current password is another one.')
  const to = await hash(asked.next, ARGON2ID)
  await within(async ({ admins, activity }) => {
    if (!(await admins.changePassword(admin.id, { from: admin.passwordHash, to })))
      refuse('password_wrong', 'The password was changed meanwhile; sign in again.')
    await admins.removeOtherSignIns(admin.id, signInId)
    await admins.removeFailure(attempt)
    await activity.record({
      ...adminDoer(admin.username, seen),
      action: 'admin.password_changed',
      subject: admin.username,
    })
  })
}

/**
 * Notes an attempt, which counts as failed until it is taken back: so guesses that are sent all at once
 * are counted, too.
 * @throws Refusal too_many_attempts
 */
async function attemptFrom(address: string, admins: Stores['admins']): Promise<number> {
  const since = new Date(Date.now() - FAILURES_WITHIN_MS)
  const attempt = await admins.addFailure(address)
  if ((await admins.failuresSince(address, since)) > FAILURES_ALLOWED) {
    await admins.removeFailure(attempt)
    refuse('too_many_attempts', 'Too many failed sign-ins from this address; wait a minute.')
  }
  return attempt
}

/** The hash under which a cookie's token is kept. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

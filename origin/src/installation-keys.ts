import { randomBytes } from 'node:crypto'
import type { Stores } from './domain/stores.ts'

/** Keys that all replicas share: kept, sealed, in the database, made at the first start. */
export interface InstallationKeys {
  sessionKey: string
  workerSessionKey: string
  bearerKey: string
  /** Null once there is an admin. */
  setupToken: string | null
}

const fresh = () => randomBytes(32).toString('base64url')

/** The keys of this installation, made at its first start; replicas that start at once get the same. */
export async function installationKeys({
  settings,
  admins,
}: Pick<Stores, 'settings' | 'admins'>): Promise<InstallationKeys> {
  return {
    sessionKey: await settings.keep('session_key', fresh()),
    workerSessionKey: await settings.keep('worker_session_key', fresh()),
    bearerKey: await settings.keep('bearer_key', fresh()),
    setupToken: (await admins.any()) ? null : await settings.keep('setup_token', fresh()),
  }
}

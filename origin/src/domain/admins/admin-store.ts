import type { ClientInfo } from '#contract/operation.ts'

export interface Admin {
  id: string
  username: string
  passwordHash: string
}

/** A sign-in as its admin sees it. */
export interface KeptSignIn {
  id: string
  address: string
  client: ClientInfo | null
  createdAt: Date
  expiresAt: Date
}

/** People who may approve, and their sign-ins. */
export interface AdminStore {
  any(): Promise<boolean>
  add(username: string, passwordHash: string): Promise<Admin>
  byName(username: string): Promise<Admin | null>

  /** @returns false when it was not `from` any more. */
  changePassword(adminId: string, hash: { from: string; to: string }): Promise<boolean>

  addSignIn(signIn: {
    adminId: string
    tokenHash: string
    address: string
    client: ClientInfo | null
    expiresAt: Date
  }): Promise<string>
  /** That have not expired, newest first, after the one with this key. */
  signInsOf(
    adminId: string,
    page: { after: { createdAt: Date; id: string } | null; limit: number },
  ): Promise<KeptSignIn[]>
  /** The admin of a sign-in that has not expired, by its token's hash or by its id. */
  signedIn(
    by: { tokenHash: string } | { id: string },
  ): Promise<{ admin: Admin; signInId: string } | null>
  removeSignIn(id: string): Promise<void>
  /** @returns false when the admin has no such sign-in. */
  removeSignInOf(adminId: string, id: string): Promise<boolean>
  removeOtherSignIns(adminId: string, keptId: string): Promise<void>

  /** @returns its id, to take it back with */
  addFailure(address: string): Promise<number>
  removeFailure(id: number): Promise<void>
  failuresSince(address: string, since: Date): Promise<number>
}

export interface Admin {
  id: string
  username: string
  passwordHash: string
}

/** People who may approve, and their sign-ins. */
export interface AdminStore {
  any(): Promise<boolean>
  add(username: string, passwordHash: string): Promise<Admin>
  byName(username: string): Promise<Admin | null>

  addSignIn(adminId: string, tokenHash: string, expiresAt: Date): Promise<string>
  /** The admin of a sign-in that has not expired, by its token's hash or by its id. */
  signedIn(
    by: { tokenHash: string } | { id: string },
  ): Promise<{ admin: Admin; signInId: string } | null>
  removeSignIn(id: string): Promise<void>

  /** @returns its id, to take it back with */
  addFailure(address: string): Promise<number>
  removeFailure(id: number): Promise<void>
  failuresSince(address: string, since: Date): Promise<number>
}

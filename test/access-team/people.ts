/** Somebody the identity provider of the team knows. */
export interface Person {
  /** Also the name they give at the sign-in page. */
  sub: string
  email: string | null
  emailVerified: boolean
}

/** Whom the policies of the team let in. */
export class People {
  readonly #admitted = new Map<string, Person>()

  admit(person: Person): void {
    this.#admitted.set(person.sub, person)
  }

  /** Takes somebody out: no sign-in, no refresh, and what they hold is no longer good. */
  revoke(sub: string): void {
    this.#admitted.delete(sub)
  }

  /** Null when nobody of this name may enter. */
  find(sub: string): Person | null {
    return this.#admitted.get(sub) ?? null
  }
}

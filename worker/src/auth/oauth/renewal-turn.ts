import { sha256 } from '#gateway/wire/sha256.ts'
import type { GrantProps } from './identity.ts'
import { openGrant, sealGrant } from './sealed-grant.ts'
import type { UpstreamRenewal } from './upstream-renewal.ts'

/** The objects of which each decides about one upstream refresh token. */
export type UpstreamRenewals = Pick<DurableObjectNamespace<UpstreamRenewal>, 'getByName'>

/** Somebody's turn to renew a grant by its upstream refresh token; nobody else has one meanwhile. */
export class RenewalTurn {
  /** What the token was renewed to before and is not known to be saved; null to ask the provider. */
  readonly kept: GrantProps | null
  readonly #object: DurableObjectStub<UpstreamRenewal>
  readonly #id: string
  readonly #token: string

  private constructor(
    object: DurableObjectStub<UpstreamRenewal>,
    { id, token, kept }: { id: string; token: string; kept: GrantProps | null },
  ) {
    this.kept = kept
    this.#object = object
    this.#id = id
    this.#token = token
  }

  /** Says why where there is no turn to be had now. */
  static async begin(
    renewals: UpstreamRenewals,
    token: string,
  ): Promise<RenewalTurn | 'busy' | 'renewed'> {
    const object = renewals.getByName(await sha256(token))
    const id = crypto.randomUUID()
    const begun = await object.begin(id)
    switch (begun.is) {
      case 'go':
        return new RenewalTurn(object, { id, token, kept: null })
      case 'kept':
        return new RenewalTurn(object, { id, token, kept: await openGrant(begun.sealed, token) })
      case 'busy':
      case 'renewed':
        return begun.is
    }
  }

  /** Keeps what the provider renewed the token to, until it is saved. */
  async keep(props: GrantProps): Promise<void> {
    await this.#object.keep(this.#id, await sealGrant(props, this.#token))
  }

  /** The grant is saved. */
  async saved(): Promise<void> {
    await this.#object.saved()
  }

  /** Nothing was saved. False when the turn had passed to somebody else. */
  async leave(): Promise<boolean> {
    return this.#object.leave(this.#id)
  }
}

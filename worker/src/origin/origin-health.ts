import {
  DEPLOY_PROOF_HEADER,
  isDeployProof,
  Pong,
  pongTo,
  type OriginReached,
} from '#contract/deploy-proof.ts'
import type { Caller } from '#gateway/origin.ts'
import { OriginRefusal } from '#gateway/origin.ts'
import { problemResponse } from '../http/problem-response.ts'
import { OriginAway } from './origin-away.ts'
import type { OriginSettings } from './origin-settings.ts'
import type { Reachability } from './reachability.ts'
import type { TunnelDoor } from './tunnel-door.ts'

/** In whose name the Worker asks whether its own secrets are good. */
const ITSELF: Caller['principal'] = { kind: 'service', clientId: 'mcpbox-worker' }

/** Says whether the Worker reaches the origin with the secrets it holds; see contract/deploy-proof.ts. */
export class OriginHealth {
  readonly #door: TunnelDoor
  readonly #reachability: Reachability
  readonly #serviceToken: string
  readonly #assertionKey: string

  constructor(
    door: TunnelDoor,
    reachability: Reachability,
    { serviceToken, assertionKey }: Pick<OriginSettings, 'serviceToken' | 'assertionKey'>,
  ) {
    this.#door = door
    this.#reachability = reachability
    this.#serviceToken = serviceToken
    this.#assertionKey = assertionKey
  }

  /** Answers whoever proves to know the Worker's service token; for others there is nothing here. */
  async answer({ headers, signal }: Request, requestId: string): Promise<Response> {
    const given = headers.get(DEPLOY_PROOF_HEADER)
    if (!(await isDeployProof(given, this.#serviceToken, Date.now())))
      return problemResponse({ code: 'not_found', message: 'There is nothing here.' })
    try {
      const caller: Caller = { principal: ITSELF, requestId }
      const { json } = await this.#door.askWhole(caller, { method: 'GET', path: '/ping', signal })
      const said = Pong.safeParse(json)
      if (!said.success || said.data.pong !== (await pongTo(requestId, this.#assertionKey)))
        throw new OriginAway('origin_down', 'Something else answered in the place of the origin')
      return Response.json({ status: 'ok' } satisfies OriginReached)
    } catch (thrown) {
      if (thrown instanceof OriginRefusal) return problemResponse(thrown.problem)
      if (!(thrown instanceof OriginAway)) throw thrown
      return problemResponse((await this.#reachability.refusal(thrown)).problem)
    }
  }
}

import type { Metrics } from '../../metrics/metrics.ts'
import type { Door } from '../door.ts'
import { equalSecrets } from '../equal-secrets.ts'
import { assertFromThisMachine } from '../local/from-this-machine.ts'
import { refuse } from '../../domain/refusal.ts'

/**
 * `/metrics`, which names tools: for whoever holds the token, from anywhere; where there is none, for
 * programs on this machine.
 */
export function metricsRoute(
  door: Door,
  { metrics, token }: { metrics: Pick<Metrics, 'contentType' | 'text'>; token: string | null },
): void {
  door.get('/metrics', async (c) => {
    if (token === null) assertFromThisMachine(c)
    else {
      const given = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
      if (given === undefined || !equalSecrets(given, token))
        return refuse('unauthenticated', 'The metrics need the token of METRICS_TOKEN.')
    }
    return c.body(await metrics.text(), 200, { 'content-type': metrics.contentType })
  })
}

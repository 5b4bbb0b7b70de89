import { unstable_readConfig as readWranglerConfig } from 'wrangler'
import { z } from 'zod'
import { WORKER_CONFIG } from './worker-bundle.ts'

/** The parts of wrangler.toml that any host of the Worker has to follow. */
const WranglerSettings = z.object({
  compatibility_date: z.string(),
  compatibility_flags: z.array(z.string()),
  durable_objects: z.object({
    bindings: z.array(z.object({ name: z.string(), class_name: z.string() })),
  }),
  ratelimits: z.array(
    z.object({
      name: z.string(),
      namespace_id: z.string(),
      simple: z.object({ limit: z.number(), period: z.literal([10, 60]) }),
    }),
  ),
})

/**
 * What stands in the committed wrangler.toml, in the words of miniflare.
 * @param perMinute takes the place of the limits that stand there
 */
export function wranglerSettings(perMinute?: number) {
  const is = WranglerSettings.parse(readWranglerConfig({ config: WORKER_CONFIG }))
  return {
    compatibilityDate: is.compatibility_date,
    compatibilityFlags: is.compatibility_flags,
    durableObjects: Object.fromEntries(
      is.durable_objects.bindings.map((object) => [
        object.name,
        { className: object.class_name, useSQLite: true },
      ]),
    ),
    ratelimits: Object.fromEntries(
      is.ratelimits.map(({ name, namespace_id, simple }) => [
        name,
        {
          namespace_id,
          simple: perMinute === undefined ? simple : { limit: perMinute, period: 60 as const },
        },
      ]),
    ),
  }
}

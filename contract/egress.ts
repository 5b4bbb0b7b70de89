import { z } from 'zod'
import { HostGrant } from './host-grant.ts'
import { SecretName } from './names.ts'

/** Why a request of a tool was not sent, or not carried to its end. */
export const EgressReason = z.enum([
  'bad_url',
  'bad_scheme',
  'userinfo',
  'bad_method',
  'bad_header',
  'head_too_large',
  'no_host_approved',
  'host_not_approved',
  'port_not_approved',
  'address_forbidden',
  'address_private',
  'name_not_found',
  'connect_failed',
  'tls_failed',
  'upstream_failed',
  'not_recorded',
  'bad_encoding',
  'timed_out',
  'cancelled',
  'too_many_redirects',
  'too_many_requests',
  'too_many_at_once',
  'request_too_large',
  'response_too_large',
  'unknown_secret',
  'secret_not_for_host',
  'secret_not_for_place',
  'secret_not_in_clear',
  'withdrawn',
])
export type EgressReason = z.infer<typeof EgressReason>

/** One request that left a tool, or tried to; each redirect is one of its own. */
export const EgressRecord = z.object({
  method: z.string(),
  /** Null when the tool's URL named none. */
  host: z.string().nullable(),
  port: z.int().nullable(),
  /** Without the query, and cut; placeholders stand where secrets were. */
  path: z.string(),
  status: z.int().nullable(),
  bytes_out: z.int().nonnegative(),
  bytes_in: z.int().nonnegative(),
  duration_ms: z.number().nonnegative(),
  refused: EgressReason.nullable(),
})
export type EgressRecord = z.infer<typeof EgressRecord>

/**
 * A value that the broker fills in where the code wrote `{{secret:NAME}}`, in requests to this host
 * only, and only in this header when there is one. A name has an entry for each of its places.
 */
export const BoundSecret = z.strictObject({
  name: SecretName,
  value: z.string().min(1),
  host: HostGrant,
  header: z.string().nullable(),
})
export type BoundSecret = z.infer<typeof BoundSecret>

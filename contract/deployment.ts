import { z } from 'zod'
import { WorkerSecrets } from './admin-api.ts'

/**
 * What `deploy-worker` and the origin say to each other at `/internal`, with the deploy key. The
 * origin keeps the record, sealed, and makes nothing of it but the tunnel token.
 */

/** Something at Cloudflare, by the id that Cloudflare gave it and the name it was made with. */
const Resource = z.strictObject({ id: z.string().min(1), name: z.string().min(1) })

const ServiceToken = Resource.extend({ client_id: z.string(), client_secret: z.string() })

/** How people are let in: see docs/remote-access.md. */
export const AuthMode = z.enum(['access', 'oauth'])
export type AuthMode = z.infer<typeof AuthMode>

/** How the Worker reaches the origin. */
export const OriginRoute = z.enum(['vpc', 'hostname'])
export type OriginRoute = z.infer<typeof OriginRoute>

/** Parts that may exist at Cloudflare. */
export const Part = z.enum([
  'tunnel',
  'vpc_service',
  'dns_record',
  'origin_service_token',
  'origin_policy',
  'origin_app',
  'people_policy',
  'machines_policy',
  'health_policy',
  'health_app',
  'access_app',
  'oidc_app',
  'kv_namespace',
  'worker',
])
export type Part = z.infer<typeof Part>

export const DeploymentRecord = z.strictObject({
  account_id: z.string().nullable().default(null),
  /** What was asked for last; what is not said again stays. */
  wanted: z
    .strictObject({
      worker: z.string(),
      auth: AuthMode,
      emails: z.array(z.string()),
      machines: z.array(z.string()),
      allowed_origins: z.array(z.string()),
      route: OriginRoute,
      /** Where cloudflared reaches the tunnel door. */
      origin_address: z.string(),
      /** Of the public hostname; null with a VPC service. */
      hostname: z.string().nullable(),
      /** Requests a minute of one person or program; null: what the Worker takes by itself. */
      rate_limit: z.int().min(1).max(100_000).nullable().default(null),
      /** How long access tokens of the Worker's own OAuth server live; null: as long as it says. */
      token_hours: z.int().min(1).max(24).nullable().default(null),
    })
    .nullable()
    .default(null),
  /**
   * Parts about to be made, by the name they get, said before they are: what is found under such a
   * name is ours although nobody came to say its id.
   */
  making: z.partialRecord(Part, z.string()).default({}),
  tunnel: Resource.extend({ token: z.string().nullable() }).nullable().default(null),
  vpc_service: Resource.nullable().default(null),
  dns_record: Resource.extend({ zone_id: z.string() }).nullable().default(null),
  origin_service_token: ServiceToken.nullable().default(null),
  origin_policy: Resource.nullable().default(null),
  origin_app: Resource.extend({ audience: z.string() }).nullable().default(null),
  people_policy: Resource.nullable().default(null),
  machines_policy: Resource.nullable().default(null),
  health_policy: Resource.nullable().default(null),
  health_app: Resource.nullable().default(null),
  access_app: Resource.extend({ issuer: z.string(), audience: z.string() })
    .nullable()
    .default(null),
  oidc_app: Resource.extend({
    client_id: z.string(),
    client_secret: z.string(),
    issuer: z.string(),
    authorization_url: z.string(),
    token_url: z.string(),
    jwks_url: z.string(),
  })
    .nullable()
    .default(null),
  kv_namespace: Resource.nullable().default(null),
  worker: z
    .strictObject({
      name: z.string(),
      public_url: z.string(),
      /** SHA-256 of the code and settings, and of the secrets, that were uploaded. */
      digest: z.string(),
      secrets_digest: z.string(),
      /** Cloudflare's id of the deployment that this made, to see whether somebody deployed since. */
      deployment: z.string().nullable(),
    })
    .nullable()
    .default(null),
})
export type DeploymentRecord = z.infer<typeof DeploymentRecord>

/** `GET /internal/deployment` */
export const Deployment = z.object({
  /** Counts the changes of the record; 0 before the first. */
  revision: z.int().min(0),
  record: DeploymentRecord,
  /** Host and port at which the tunnel door listens on the origin's own machine. */
  tunnel_door: z.string(),
})
export type Deployment = z.infer<typeof Deployment>

/** `PUT /internal/deployment`: refused when somebody changed the record since this revision. */
export const DeploymentChange = z.strictObject({
  revision: z.int().min(0),
  record: DeploymentRecord,
})
export type DeploymentChange = z.infer<typeof DeploymentChange>
export const DeploymentChanged = z.object({ revision: z.int().min(1) })
export type DeploymentChanged = z.infer<typeof DeploymentChanged>

/** `POST /internal/rotation`: begins a rotation, or tells the one under way. */
export const Rotation = z.object({ id: z.uuid(), secrets: WorkerSecrets })
export type Rotation = z.infer<typeof Rotation>

/** `GET /internal/rotation` */
export const RotationUnderWay = z.object({ rotation: Rotation.nullable() })
export type RotationUnderWay = z.infer<typeof RotationUnderWay>

/** `GET /internal/active-tunnel-token`, with the tunnel key: null while there is no tunnel. */
export const ActiveTunnelToken = z.object({ token: z.string().nullable() })
export type ActiveTunnelToken = z.infer<typeof ActiveTunnelToken>

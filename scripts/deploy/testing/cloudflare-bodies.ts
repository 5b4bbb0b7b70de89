import { z } from 'zod'

/**
 * What Cloudflare's API requires of each body (shapes of its OpenAPI description, as its SDK
 * `cloudflare` 7.3.0 has them). Unknown fields fail, so that a misspelt one does not pass.
 */
const Host = z.union([
  z.strictObject({ ipv4: z.ipv4(), network: z.strictObject({ tunnel_id: z.uuid() }) }),
  z.strictObject({ ipv6: z.ipv6(), network: z.strictObject({ tunnel_id: z.uuid() }) }),
  z.strictObject({
    hostname: z.string().min(1),
    resolver_network: z.strictObject({ tunnel_id: z.uuid() }),
  }),
])

export const TunnelBody = z.strictObject({
  name: z.string().min(1),
  config_src: z.enum(['cloudflare', 'local']),
})
export const ConfigurationBody = z.strictObject({
  config: z.looseObject({
    ingress: z
      .array(
        z.strictObject({
          hostname: z.string().optional(),
          service: z.string().min(1),
          originRequest: z
            .strictObject({
              access: z.strictObject({
                required: z.boolean(),
                teamName: z.string().regex(/^[\w-]+$/),
                audTag: z.array(z.string().regex(/^[0-9a-f]{64}$/)).min(1),
              }),
            })
            .optional(),
        }),
      )
      .min(1)
      .refine((rules) => rules.at(-1)?.hostname === undefined, 'the last rule must catch all')
      .refine(
        (rules) => rules.slice(0, -1).every(({ hostname }) => hostname !== undefined),
        'only the last rule may catch all',
      ),
  }),
})
export const ServiceBody = z.strictObject({
  name: z.string().min(1),
  type: z.enum(['http', 'tcp']),
  http_port: z.int().min(1).max(65_535),
  host: Host,
})
const Rule = z.union([
  z.strictObject({ email: z.strictObject({ email: z.email() }) }),
  z.strictObject({ service_token: z.strictObject({ token_id: z.uuid() }) }),
  z.strictObject({ everyone: z.strictObject({}) }),
])
const Stamps = {
  id: z.string().optional(),
  created_at: z.string().optional(),
  updated_at: z.string().optional(),
}
export const PolicyBody = z.strictObject({
  ...Stamps,
  name: z.string().min(1),
  decision: z.enum(['allow', 'deny', 'non_identity', 'bypass']),
  include: z.array(Rule).min(1),
  exclude: z.array(Rule).optional(),
  require: z.array(Rule).optional(),
})
const SelfHosted = z.strictObject({
  type: z.literal('self_hosted'),
  name: z.string().min(1),
  domain: z.string().min(1),
  destinations: z
    .array(z.strictObject({ type: z.literal('public'), uri: z.string().regex(/^[^:]+$/) }))
    .min(1),
  session_duration: z.string().optional(),
  policies: z.array(z.uuid()).min(1),
  service_auth_401_redirect: z.boolean().optional(),
  app_launcher_visible: z.boolean().optional(),
  oauth_configuration: z
    .strictObject({
      enabled: z.boolean(),
      dynamic_client_registration: z.strictObject({
        enabled: z.boolean(),
        allow_any_on_localhost: z.boolean(),
        allow_any_on_loopback: z.boolean(),
        allowed_uris: z.array(z.url()),
      }),
      grant: z.strictObject({ access_token_lifetime: z.string(), session_duration: z.string() }),
    })
    .optional(),
})
const Saas = z.strictObject({
  type: z.literal('saas'),
  name: z.string().min(1),
  policies: z.array(z.uuid()).min(1),
  saas_app: z.strictObject({
    auth_type: z.literal('oidc'),
    redirect_uris: z.array(z.url()).min(1),
    scopes: z.array(z.enum(['openid', 'email', 'profile', 'groups'])),
    grant_types: z.array(
      z.enum(['authorization_code', 'authorization_code_with_pkce', 'refresh_tokens']),
    ),
    refresh_token_options: z.strictObject({ lifetime: z.string() }),
    client_id: z.string().optional(),
  }),
})
export const AppBody = z.discriminatedUnion('type', [SelfHosted, Saas])
export const TokenBody = z.strictObject({ name: z.string().min(1), duration: z.string() })
export const NamespaceBody = z.strictObject({ title: z.string().min(1) })
export const DnsBody = z.strictObject({
  type: z.literal('CNAME'),
  proxied: z.boolean(),
  name: z.string().min(1),
  content: z.string().regex(/^[0-9a-f-]{36}\.cfargotunnel\.com$/),
})
export const UploadMetadata = z.looseObject({
  main_module: z.string(),
  bindings: z.array(z.looseObject({ name: z.string(), type: z.string() })),
  compatibility_date: z.string(),
})
export const SecretsPatch = z.looseObject({
  secrets: z.record(z.string(), z.looseObject({ text: z.string() }).nullable()).optional(),
})

/** What a token must be allowed for an endpoint, by Cloudflare's names of token permissions. */
const PERMISSIONS: readonly [endpoint: RegExp, permission: string][] = [
  [/^\/accounts(\?|$)/, 'Account · Account Settings · Read'],
  [
    /^\/accounts\/[^/]+\/access\/organizations/,
    'Account · Access: Organizations, Identity Providers, and Groups · Read',
  ],
  [/^\/accounts\/[^/]+\/access\/service_tokens/, 'Account · Access: Service Tokens · Edit'],
  [/^\/accounts\/[^/]+\/access\/(apps|policies)/, 'Account · Access: Apps and Policies · Edit'],
  [/^\/accounts\/[^/]+\/cfd_tunnel/, 'Account · Cloudflare Tunnel · Edit'],
  [
    /^\/accounts\/[^/]+\/connectivity\/directory/,
    'Account · Connectivity Directory · Admin (for Workers VPC)',
  ],
  [/^\/accounts\/[^/]+\/workers\//, 'Account · Workers Scripts · Edit'],
  [/^\/accounts\/[^/]+\/storage\/kv/, 'Account · Workers KV Storage · Edit'],
  [/^\/zones\/[^/]+\/dns_records/, 'Zone · DNS · Edit'],
  [/^\/zones/, 'Zone · Zone · Read'],
]

/** The permission that an endpoint (a path below the API's root) needs. */
export function permissionFor(path: string): string {
  return PERMISSIONS.find(([endpoint]) => endpoint.test(path))?.[1] ?? `whatever ${path} needs`
}

import { parseArgs } from 'node:util'
import { z } from 'zod'
import { AuthMode, OriginRoute } from '#contract/deployment.ts'
import { DeployFailure } from './failure.ts'

export const DEPLOY_USAGE = `Usage: npx mcpbox deploy-worker                put the Worker on your Cloudflare account, or bring it up to date
       npx mcpbox deploy-worker --set-secrets  give it new secrets, without a call lost

Options; what is deployed is kept for the next time:
  --dry-run             say what would be done, and do nothing; needs no account and no token
  --at-once             with --set-secrets: do not wait for open sessions, as after a secret became known
  --yes                 ask nothing (but what exists under our names and is not ours still needs --adopt)
  --adopt               take over what exists under our names
  --account <id>        Cloudflare account, where the token sees several
  --worker <name>       name of the Worker, and of all that belongs to it (mcpbox)
  --auth <mode>         access (Cloudflare Access with Managed OAuth) or oauth (the Worker's own)
  --email <address>     who may come in; repeat it for several
  --machine <name>      Access service token that may come in (access only); repeat it for several
  --allowed-origin <o>  web origin whose pages may call; repeat it for several
  --rate-limit <n>      requests a minute of one person or program (100)
  --token-hours <n>     how long an access token lives, 1 to 24 (8; oauth only)
  --origin <way>        vpc (Workers VPC) or hostname (a public name behind Access)
  --hostname <name>     that public name, in a zone of your account
  --origin-address <host:port>  where cloudflared finds the tunnel door (what the origin says)
  --url <address>       of MCPbox's admin door (MCPBOX_ADMIN_URL, http://127.0.0.1:3000)

CLOUDFLARE_API_TOKEN holds the API token. MCPBOX_DEPLOY_KEY, or else secrets.env in MCPBOX_DATA
(./data), opens MCPbox.`

const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/
const HOST = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/

/** A whole number in decimal digits. */
const count = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(min, `must be ${min} or more`).max(max, `must be ${max} or less`))

const Flags = z.strictObject({
  help: z.boolean().default(false),
  'set-secrets': z.boolean().default(false),
  'dry-run': z.boolean().default(false),
  'at-once': z.boolean().default(false),
  yes: z.boolean().default(false),
  adopt: z.boolean().default(false),
  account: z
    .string()
    .regex(/^[0-9a-f]{32}$/, 'must be an account id: 32 hex digits')
    .optional(),
  worker: z
    .string()
    .regex(NAME, 'must have lower case letters, digits and hyphens, 63 at most')
    .optional(),
  auth: AuthMode.optional(),
  email: z.array(z.email().toLowerCase()).optional(),
  machine: z.array(z.string().min(1)).optional(),
  'allowed-origin': z
    .array(
      z.string().refine((text) => URL.parse(text)?.origin === text, 'must be like https://host'),
    )
    .optional(),
  'rate-limit': count(1, 100_000).optional(),
  'token-hours': count(1, 24).optional(),
  origin: OriginRoute.optional(),
  hostname: z.string().toLowerCase().regex(HOST, 'must be like origin.example.com').optional(),
  'origin-address': z
    .string()
    .regex(/^([\w.-]+|\[[0-9a-f:.]+\]):\d{1,5}$/i, 'must be like 127.0.0.1:8002')
    .optional(),
  url: z.url({ protocol: /^https?$/ }).optional(),
})
export type Flags = z.infer<typeof Flags>

/** @throws DeployFailure that names each wrong option */
export function readFlags(args: string[]): Flags {
  const text = { type: 'string' } as const
  const texts = { type: 'string', multiple: true } as const
  const yes = { type: 'boolean' } as const
  try {
    const { values } = parseArgs({
      args,
      options: {
        help: { ...yes, short: 'h' },
        'set-secrets': yes,
        'dry-run': yes,
        'at-once': yes,
        yes,
        adopt: yes,
        account: text,
        worker: text,
        auth: text,
        email: texts,
        machine: texts,
        'allowed-origin': texts,
        'rate-limit': text,
        'token-hours': text,
        origin: text,
        hostname: text,
        'origin-address': text,
        url: text,
      },
    })
    return Flags.parse(values)
  } catch (fault) {
    if (fault instanceof z.ZodError)
      throw new DeployFailure(
        fault.issues.map(({ path, message }) => `--${path[0]?.toString()}: ${message}`).join('\n'),
      )
    throw new DeployFailure(`${fault instanceof Error ? fault.message : ''}\n\n${DEPLOY_USAGE}`)
  }
}

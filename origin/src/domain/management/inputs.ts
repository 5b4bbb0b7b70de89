import { writtenText } from '#contract/written-text.ts'
import { z } from 'zod'
import { MediaType } from '#contract/content.ts'
import { HostGrant } from '#contract/host-grant.ts'
import { JsonObject } from '#contract/json.ts'
import { MAX_TIMEOUT_MS } from '#contract/limits.ts'
import { ModuleName, Name } from '#contract/names.ts'
import { PublicationKind } from '#contract/publication.ts'
import { Language } from '#contract/sandbox.ts'
import { SecretGrant } from '#contract/secret-grant.ts'
import { ToolTests } from '#contract/tool-tests.ts'
import { NamedPackage } from '../packages/named-package.ts'

export const server = Name
export const tool = Name.describe('without its server')
export const language = Language.describe('plain JavaScript is `typescript` too')
export const kind = PublicationKind.describe('arguments of prompts and resources are `str`')
export const publishedAs = z
  .string()
  .max(500)
  .describe(
    'name on the wire instead of `server__name`; address of a resource, with arguments of main as variables: `notes://{day}`',
  )
export const mimeType = MediaType.describe('of a resource')
export const code = writtenText(1_000_000).describe(
  'Python 3.11 with `async def main(...)` at top level: type hints become the input schema, the docstring the descriptions. Return JSON-like data, or `Image`, `Audio`, `File`, `Link`, `Result` from `mcpbox`; raise `mcpbox.ToolError` for an expected failure. There are `print`, `await ctx.progress(n, total, message)`, `ctx.log(text)`, `await ctx.elicit(message, schema)`, `await ctx.sample(prompt)`, `await http.get(url)` (also requests, urllib), `secrets["NAME"]`. TypeScript: `export default async function main({ city, days = 3 }: { city: string; days?: number })`, with `console.log`, `ctx`, `secrets.NAME`, `fetch`, `ToolError`.',
)
export const codeBase64 = z
  .string()
  .max(1_400_000)
  .describe('the same in base64, for a relay that blocks what looks like SQL or shell')
export const description = writtenText(2_000).describe(
  'for the assistant that will call it; empty: the docstring',
)
export const timeout = z.int().min(1_000).max(MAX_TIMEOUT_MS).describe('of one call')
export const queueWhenAway = z
  .boolean()
  .describe(
    'a call while MCPbox is away waits up to 24 h and runs then, instead of failing; only tools',
  )
export const hosts = z
  .array(HostGrant)
  .max(50)
  .describe(
    'hosts it reaches by http(s): `api.example.com`, `*.example.com`, `nas.lan:8080`; hosts, modules, secrets left out: as the code shows',
  )
export const modules = z
  .array(ModuleName)
  .max(50)
  .describe('standard library modules beyond the harmless default ones')
export const packages = z
  .array(NamedPackage)
  .max(20)
  .describe(
    'distributions of the Python package index, each at one exact version: `pyyaml==6.0.2`; wheels only',
  )
export const secrets = z
  .array(SecretGrant)
  .max(50)
  .describe(
    'best bound to host and header, `API_KEY@api.example.com/authorization`: send `secrets["API_KEY"]`, a placeholder that is replaced on the way. Plain `API_KEY` hands the value to the code',
  )
export const hints = z
  .strictObject({
    read_only: z.boolean(),
    destructive: z.boolean(),
    idempotent: z.boolean(),
    open_world: z.boolean(),
  })
  .partial()
  .describe('what a call may do; unsaid means the worst')
export const tests = z
  .array(JsonObject)
  .transform((written, context) => {
    const read = ToolTests.safeParse(written)
    if (read.success) return read.data
    for (const { path, message } of read.error.issues)
      context.addIssue({ code: 'custom', path, message })
    return z.NEVER
  })
  .describe(
    '{name, input, one of result | schema | error (a part of its message), http: [{method, url, status, headers, body}], secrets}; run offline, answered by `http`',
  )
export const toolArguments = JsonObject

/** An input that another tool describes already. */
export function known<T extends z.ZodType>(input: T): T {
  return input.describe('')
}

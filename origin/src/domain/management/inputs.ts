import { z } from 'zod'
import { MediaType } from '#contract/content.ts'
import { HostGrant } from '#contract/host-grant.ts'
import { JsonObject } from '#contract/json.ts'
import { MAX_TIMEOUT_MS } from '#contract/limits.ts'
import { ModuleName, Name } from '#contract/names.ts'
import { PublicationKind } from '#contract/publication.ts'
import { Language } from '#contract/sandbox.ts'
import { SecretGrant } from '#contract/secret-grant.ts'
import { NamedPackage } from '../packages/named-package.ts'

/** Text that a person or an assistant writes; PostgreSQL keeps neither NUL nor lone surrogates. */
export function writtenText(max: number) {
  return z
    .string()
    .max(max)
    .refine(
      (text) => !text.includes('\0') && text.isWellFormed(),
      'must be well-formed text without NUL',
    )
}

export const server = Name.describe('Name of the server the tool belongs to')
export const tool = Name.describe('Name of the tool, without its server')
export const language = Language.describe(
  'What the code is written in; plain JavaScript is `typescript` too',
)
export const kind = PublicationKind.describe(
  'What clients meet it as; the arguments of prompts and resources are `str`',
)
export const publishedAs = z
  .string()
  .max(500)
  .describe(
    'Name on the wire instead of `server__name`, or the address of a resource: `notes://today`, or with arguments of main as variables `notes://{day}`',
  )
export const mimeType = MediaType.describe('Of a resource, e.g. `text/markdown`')
export const code = writtenText(1_000_000).describe(
  'Python 3.11 with a top-level `async def main(...)` (or `def main`). Its signature becomes the input schema (type hints, defaults, Literal, TypedDict, dataclasses), its docstring the descriptions. Return JSON-like data, or `Image`, `Audio`, `File`, `Link`, `Result` from `mcpbox`; raise `mcpbox.ToolError` for an expected failure. `print`, `await ctx.progress(n, total, message)`, `ctx.log(text)`, `await ctx.elicit(message, schema)`, `await ctx.sample(prompt)`, `await http.get(url)` and `secrets["NAME"]` are there. Or TypeScript: `export default async function main({ city, days = 3 }: { city: string; days?: number })`, one object whose type (interfaces, unions of literals, JSDoc) becomes the input schema; `console.log`, `ctx`, `secrets.NAME`, `fetch` and `ToolError` are there.',
)
export const description = writtenText(2_000).describe(
  'What the tool does, for the assistant that will call it. Empty: taken from the docstring.',
)
export const timeout = z
  .int()
  .min(1_000)
  .max(MAX_TIMEOUT_MS)
  .describe('Wall clock of one call, in milliseconds')
export const queueWhenAway = z
  .boolean()
  .describe(
    'A call while this MCPbox is away waits up to 24 h and runs then, instead of failing; the person approves that. For what may happen late, such as a note or a reminder; only tools',
  )
export const hosts = z
  .array(HostGrant)
  .max(50)
  .describe(
    'Hosts it reaches by http or https: `api.example.com`, `*.example.com`, `nas.lan:8080`; the person approves them. Use `await http.get(url)`, urllib or requests',
  )
export const modules = z
  .array(ModuleName)
  .max(50)
  .describe('Standard library modules beyond the harmless default ones; the person approves them')
export const packages = z
  .array(NamedPackage)
  .max(20)
  .describe(
    'Distributions of the Python package index that it imports from, each at one exact version: `pyyaml==6.0.2`. Named as in the index, not as imported (`pyyaml` brings `yaml`); the person approves them and what they need. Wheels only',
  )
export const secrets = z
  .array(SecretGrant)
  .max(50)
  .describe(
    'Secrets it needs; a person approves them and sets the values. Best bound to a place, `API_KEY@api.example.com/authorization` or `API_KEY@api.example.com`: there `secrets["API_KEY"]` is a placeholder that you send like the value, and only the broker knows the value. Plain `API_KEY` hands the value to the code: only for what it must calculate with, such as a signature',
  )
export const hints = z
  .strictObject({
    read_only: z.boolean(),
    destructive: z.boolean(),
    idempotent: z.boolean(),
    open_world: z.boolean(),
  })
  .partial()
  .describe('What a call may do; unsaid means the worst: it writes, destroys and reaches out')
export const toolArguments = JsonObject.describe('Arguments of the call')

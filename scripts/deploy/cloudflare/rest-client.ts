import { z } from 'zod'
import { DeployFailure } from '../failure.ts'
import type { Cloudflare, Write } from './cloudflare.ts'
import { permissionFor } from './permissions.ts'

const API = 'https://api.cloudflare.com/client/v4'
const TIMEOUT_MS = 30_000
const PER_PAGE = 50
/** More pages than anybody has: a list that never ends is a fault. */
const PAGES = 200

/** The envelope of every answer (Cloudflare API, "Make API calls"). */
const Envelope = z.object({
  success: z.boolean(),
  errors: z.array(z.object({ code: z.number(), message: z.string() })).default([]),
  result: z.unknown(),
  result_info: z.object({ total_pages: z.number().optional() }).nullish(),
})
type Envelope = z.infer<typeof Envelope>

/** Cloudflare said no because the token may not. */
export class NotPermitted extends DeployFailure {
  readonly permission: string

  constructor(call: string, path: string, said: string) {
    const permission = permissionFor(path)
    super(
      `The API token may not do this: ${call} (${said}).\nIt needs the permission “${permission}”. Add it at dash.cloudflare.com → My Profile → API Tokens → your token → Edit, then run again.`,
    )
    this.permission = permission
  }
}

/**
 * Cloudflare's REST API.
 * @param options.base its root; Cloudflare's own unless given (CLOUDFLARE_API_BASE_URL, as wrangler
 *   reads it)
 */
export function restClient(options: { token: string; base?: string | undefined }): Cloudflare {
  const base = options.base ?? API

  async function call(method: string, path: string, body?: unknown) {
    const label = `${method} ${path.split('?')[0]}`
    let response: Response
    let text: string
    try {
      response = await fetch(base + path, {
        method,
        headers: {
          authorization: `Bearer ${options.token}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      text = await response.text()
    } catch (cause) {
      throw new DeployFailure(
        `Cloudflare did not answer ${label} within ${TIMEOUT_MS / 1000} s; see whether ${new URL(base).host} can be reached from here, then run again.`,
        { cause },
      )
    }
    if (response.status === 404 && method === 'GET') return null
    const answer = envelopeOf(text, label, response.status)
    if (response.ok && answer.success) return answer
    const said = answer.errors.map(({ code, message }) => `${code}: ${message}`).join('; ')
    if (response.status === 401 || response.status === 403)
      throw new NotPermitted(label, path, said || `status ${response.status}`)
    const hint = response.status === 429 ? ' Wait five minutes, then run again.' : ''
    throw new DeployFailure(
      `Cloudflare refused ${label} (status ${response.status}): ${said || 'it gave no reason'}.${hint}`,
    )
  }

  return {
    async get(path, schema) {
      const answer = await call('GET', path)
      return answer === null ? null : read(schema, answer.result, `GET ${path}`)
    },

    async list(path, schema) {
      const found = []
      for (let page = 1; page <= PAGES; page++) {
        const paged = `${path}${path.includes('?') ? '&' : '?'}page=${page}&per_page=${PER_PAGE}`
        const answer = await call('GET', paged)
        if (answer === null) return found
        const items = read(z.array(schema).nullable(), answer.result, `GET ${path}`) ?? []
        found.push(...items)
        const pages = answer.result_info?.total_pages
        if (pages === undefined ? items.length < PER_PAGE : page >= pages) return found
      }
      throw new DeployFailure(`Cloudflare's list at ${path} has no end.`)
    },

    async write({ method, path, body }: Write, schema) {
      const answer = await call(method, path, body)
      return read(schema, answer?.result, `${method} ${path}`)
    },
  }
}

function envelopeOf(text: string, label: string, status: number): Envelope {
  // Some calls that change something answer with nothing at all.
  if (text === '' && status >= 200 && status < 300)
    return { success: true, errors: [], result: null }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new DeployFailure(
      `What answered ${label} (status ${status}) is not Cloudflare’s API; is a proxy in between?`,
      { cause },
    )
  }
  return read(Envelope, json, label)
}

function read<T>(schema: z.ZodType<T>, value: unknown, label: string): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new DeployFailure(
    `Cloudflare answered ${label} in a shape that this version of MCPbox does not know: ${z.prettifyError(parsed.error)}`,
  )
}

import { IDENTITY } from '#contract/version.ts'
import { createHash } from 'node:crypto'
import type {
  Catalog,
  CatalogPrompt,
  CatalogResource,
  CatalogResourceTemplate,
  CatalogTool,
} from '#contract/catalog.ts'
import { variablesOf } from '#contract/publication.ts'
import { WAIT_TOOL } from '#contract/waiting.ts'
import { MANAGEMENT_TOOLS } from './management/table.ts'
import type { NoticeBoard } from './notices.ts'
import type { Stores } from './stores.ts'
import type { Version } from './tools/version.ts'

const INSTRUCTIONS =
  'MCPbox lets you write your own tools, prompts and resources. When a capability is missing: mcpbox_create_server, mcpbox_create_tool (Python or TypeScript), mcpbox_test_code, then mcpbox_request_publish; a person approves exactly that code. Once approved, call it by its name, or through mcpbox_call_tool if your list of tools does not show it yet.'

/** The catalog as it is now; read again after each change notice. */
export class CatalogReader implements Disposable {
  readonly #stores: Pick<Stores, 'tools'>
  readonly #listening: Disposable
  #current: Promise<Catalog> | null = null

  constructor(stores: Pick<Stores, 'tools'>, notices: NoticeBoard) {
    this.#stores = stores
    this.#listening = notices.on('mcpbox_catalog', () => {
      this.#current = null
    })
  }

  async read(): Promise<Catalog> {
    const reading = (this.#current ??= this.#build())
    try {
      return await reading
    } catch (fault) {
      if (this.#current === reading) this.#current = null
      throw fault
    }
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]()
  }

  async #build(): Promise<Catalog> {
    const live = await this.#stores.tools.live()
    const content = {
      server: IDENTITY,
      instructions: INSTRUCTIONS,
      tools: [
        ...[...MANAGEMENT_TOOLS.values()].map(({ catalog }) => catalog),
        WAIT_TOOL,
        ...live.flatMap(asTool),
      ],
      prompts: live.flatMap(asPrompt),
      resources: live.flatMap(asResource),
      resourceTemplates: live.flatMap(asTemplate),
    }
    const etag = createHash('sha256').update(JSON.stringify(content)).digest('base64url')
    return { etag, ...content }
  }
}

function asTool(version: Version): CatalogTool[] {
  const { publication, description, inputSchema, outputSchema, annotations, queueWhenAway } =
    version
  if (publication.kind !== 'tool') return []
  const { name } = publication
  const output = outputSchema === null ? {} : { outputSchema }
  const queued = queueWhenAway ? { queueWhenAway } : {}
  return [{ name, description, inputSchema, ...output, annotations, ...queued }]
}

/** Arguments of a prompt are text: of their schemas, a client hears the descriptions. */
function asPrompt({ publication, description, inputSchema }: Version): CatalogPrompt[] {
  if (publication.kind !== 'prompt') return []
  const required = new Set(Array.isArray(inputSchema['required']) ? inputSchema['required'] : [])
  const properties = Object.entries(inputSchema['properties'] ?? {})
  const described = properties.map(([name, schema]) => ({
    name,
    ...(typeof schema?.description === 'string' && { description: schema.description }),
    required: required.has(name),
  }))
  return [{ name: publication.name, description, arguments: described }]
}

function asResource({ publication, tool, description, hash }: Version): CatalogResource[] {
  if (publication.kind !== 'resource' || variablesOf(publication.uri).length > 0) return []
  const { uri, mimeType } = publication
  return [{ uri, etag: hash, name: tool, description, ...(mimeType !== null && { mimeType }) }]
}

function asTemplate({ publication, tool, description }: Version): CatalogResourceTemplate[] {
  if (publication.kind !== 'resource' || variablesOf(publication.uri).length === 0) return []
  const { uri: uriTemplate, mimeType } = publication
  return [{ uriTemplate, name: tool, description, ...(mimeType !== null && { mimeType }) }]
}

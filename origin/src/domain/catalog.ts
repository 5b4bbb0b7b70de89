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
import type { Listing } from './listing.ts'
import { CORE_TOOLS, MANAGEMENT_TOOLS } from './management/table.ts'
import type { NoticeBoard } from './notices.ts'
import type { Stores } from './stores.ts'
import { listedTool } from './tools/listed-tool.ts'
import type { Version } from './tools/version.ts'

const AUTHORING =
  'MCPbox lets you write your own tools, prompts and resources. When a capability is missing: mcpbox_create_server, mcpbox_create_tool (Python or TypeScript), mcpbox_test_code, then mcpbox_request_publish; a person approves exactly that code.'
const ALL_LISTED =
  'Once approved, call it by its name; if your list does not show it yet, find it with mcpbox_search_tools and call it with mcpbox_call_read_tool, mcpbox_call_tool or mcpbox_call_destructive_tool.'
const NONE_LISTED = (tools: number) =>
  `There are ${tools} approved tools, too many to list: before you say that you cannot do something, look for one with mcpbox_search_tools, and call it with the tool that the search names.`
const SOME_MANAGEMENT =
  'Further tools of MCPbox itself (secrets, logs and the like) are found and called in the same way.'

/** The catalog as it is now; read again after each change notice. */
export class CatalogReader implements Disposable {
  readonly #stores: Pick<Stores, 'tools'>
  readonly #listing: Listing
  readonly #listening: Disposable
  #current: Promise<Catalog> | null = null

  constructor(stores: Pick<Stores, 'tools'>, notices: NoticeBoard, listing: Listing) {
    this.#stores = stores
    this.#listing = listing
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
    const { management, mostTools } = this.#listing
    const tools = await this.#stores.tools.countLive('tool')
    const areListed = tools <= mostTools
    const live = await this.#stores.tools.live(
      areListed ? ['tool', 'prompt', 'resource'] : ['prompt', 'resource'],
    )
    const content = {
      server: IDENTITY,
      instructions: [
        AUTHORING,
        areListed ? ALL_LISTED : NONE_LISTED(tools),
        ...(management === 'core' ? [SOME_MANAGEMENT] : []),
      ].join(' '),
      tools: [...managementTools(management), ...live.flatMap(asTool)],
      prompts: live.flatMap(asPrompt),
      resources: live.flatMap(asResource),
      resourceTemplates: live.flatMap(asTemplate),
    }
    const etag = createHash('sha256').update(JSON.stringify(content)).digest('base64url')
    return { etag, ...content }
  }
}

/** Tools of MCPbox itself, as clients see them in a profile. */
export function managementTools(profile: Listing['management']): CatalogTool[] {
  return [
    ...[...MANAGEMENT_TOOLS.values()]
      .map(({ catalog }) => catalog)
      .filter(({ name }) => profile === 'full' || CORE_TOOLS.has(name)),
    WAIT_TOOL,
  ]
}

function asTool(version: Version): CatalogTool[] {
  const { publication } = version
  return publication.kind === 'tool' ? [listedTool(version, publication.name)] : []
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

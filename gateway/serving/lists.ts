import {
  ProtocolError,
  ProtocolErrorCode,
  type ListToolsResult,
  type Server,
} from '@modelcontextprotocol/server'
import { listedResource, listedTool, type Catalog } from '#contract/catalog.ts'

export const LIST_METHODS = [
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
] as const

/**
 * Answers the lists from one catalog, each as one page in the catalog's own order. That schemas of
 * tools are of type object is the origin's promise.
 */
export function serveLists(server: Server, catalog: Catalog): void {
  const tools = catalog.tools.map(listedTool) as ListToolsResult['tools']
  const resources = catalog.resources.map(listedResource)
  const { prompts, resourceTemplates } = catalog
  server.setRequestHandler('tools/list', (asked) => onlyPage(asked, { tools }))
  server.setRequestHandler('prompts/list', (asked) => onlyPage(asked, { prompts }))
  server.setRequestHandler('resources/list', (asked) => onlyPage(asked, { resources }))
  server.setRequestHandler('resources/templates/list', (asked) =>
    onlyPage(asked, { resourceTemplates }),
  )
}

/** No cursor was ever issued, so one that comes is an error (server/utilities/pagination). */
function onlyPage<T>(
  { params }: { params?: { cursor?: string | undefined } | undefined },
  page: T,
) {
  if (params?.cursor === undefined) return page
  throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'There is one page, without a cursor.')
}

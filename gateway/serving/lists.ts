import type { ListToolsResult, Server } from '@modelcontextprotocol/server'
import { listedResource, type Catalog } from '#contract/catalog.ts'

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
  const tools = catalog.tools as ListToolsResult['tools']
  const resources = catalog.resources.map(listedResource)
  server.setRequestHandler('tools/list', () => ({ tools }))
  server.setRequestHandler('prompts/list', () => ({ prompts: catalog.prompts }))
  server.setRequestHandler('resources/list', () => ({ resources }))
  server.setRequestHandler('resources/templates/list', () => ({
    resourceTemplates: catalog.resourceTemplates,
  }))
}

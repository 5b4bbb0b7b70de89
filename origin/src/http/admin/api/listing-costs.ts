import type { ToolInList } from '#contract/admin-door/tools.ts'
import { listedTool as asClientsSeeIt, type CatalogTool } from '#contract/catalog.ts'
import { addressOf } from '#contract/publication.ts'
import { managementTools } from '../../../domain/catalog.ts'
import type { Listing } from '../../../domain/listing.ts'
import { estimatedTokens } from '../../../domain/estimated-tokens.ts'
import { listedTool } from '../../../domain/tools/listed-tool.ts'
import type { ToolStore } from '../../../domain/tools/tool-store.ts'

/** What each live tool costs in a client's list, by the tool's id, and all of them together. */
export async function listingCosts(tools: Pick<ToolStore, 'live'>, listing: Listing) {
  const live = await tools.live(['tool'])
  const listings = new Map<string, NonNullable<ToolInList['listing']>>()
  for (const version of live) {
    const name = addressOf(version.publication)
    const tokens = tokensOf(listedTool(version, name))
    listings.set(version.toolId, { name, version: version.number, tokens })
  }
  return {
    listings,
    listed: live.length <= listing.mostTools,
    management_tokens: sum(managementTools(listing.management).map(tokensOf)),
    tokens: sum([...listings.values()].map(({ tokens }) => tokens)),
  }
}

function sum(each: readonly number[]): number {
  return each.reduce((all, one) => all + one, 0)
}

function tokensOf(tool: CatalogTool): number {
  return estimatedTokens(JSON.stringify(asClientsSeeIt(tool)))
}

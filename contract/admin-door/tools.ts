import { writtenText } from '../written-text.ts'
import { z } from 'zod'
import { VersionState, VersionView } from '../admin-api.ts'
import { Name } from '../names.ts'
import { pageOf, pageQuery } from './page.ts'

export const ServerView = z.object({
  name: Name,
  description: z.string(),
  created_by: z.string(),
  created_at: z.iso.datetime(),
  tools: z.int(),
  /** Since when, and by which actor, it is stopped; null while it runs. */
  stopped: z.object({ at: z.iso.datetime(), by: z.string() }).nullable(),
})
export type ServerView = z.infer<typeof ServerView>
/** By name. */
export const ServerList = pageOf(ServerView)

const Description = writtenText(2_000)
export const NewServer = z.strictObject({ name: Name, description: Description.default('') })
export const ServerChange = z.strictObject({ description: Description })

/** A tool, and where its newest version and its live one stand. */
export const ToolView = z.object({
  server: Name,
  name: Name,
  /** The hash of the live version; null when none is live. */
  live: z.string().nullable(),
  newest: z.object({ number: z.int(), state: VersionState, hash: z.string() }),
  versions: z.int(),
  created_by: z.string(),
  created_at: z.iso.datetime(),
})
export type ToolView = z.infer<typeof ToolView>
/** A tool in the list of all. */
export const ToolInList = ToolView.extend({
  /** How clients see its live version; null when none is live as a tool. */
  listing: z
    .object({
      name: z.string(),
      version: z.int(),
      /** About how many a client's model reads for it when it is listed. */
      tokens: z.int(),
    })
    .nullable(),
  /** How often it was called, in any version. */
  calls: z.int(),
})
export type ToolInList = z.infer<typeof ToolInList>
/** By server and name, and what it costs to list all that is live as a tool. */
export const ToolList = pageOf(ToolInList).extend({
  /** Whether clients see live tools in their lists; if not, they find them by searching. */
  listed: z.boolean(),
  /** Of the tools of MCPbox itself that are listed. */
  management_tokens: z.int(),
  /** Of all live tools together, those of other pages and servers too. */
  tokens: z.int(),
})
export const ToolQuery = z.strictObject({ ...pageQuery, server: Name.optional() })

/** A tool that was deleted. */
export const DeletedToolView = z.object({
  id: z.uuid(),
  server: Name,
  name: Name,
  deleted_at: z.iso.datetime(),
  deleted_by: z.string(),
  versions: z.int(),
})
/** Newest first. */
export const DeletedToolList = pageOf(DeletedToolView)

/** Newest first. */
export const VersionList = pageOf(VersionView)

import type { CatalogTool } from '#contract/catalog.ts'
import type { Version } from './version.ts'

type Listed = Pick<
  Version,
  'description' | 'inputSchema' | 'outputSchema' | 'annotations' | 'queueWhenAway'
>

/** A version as it stands in the catalog under a name. */
export function listedTool(
  { description, inputSchema, outputSchema, annotations, queueWhenAway }: Listed,
  name: string,
): CatalogTool {
  const output = outputSchema === null ? {} : { outputSchema }
  const queued = queueWhenAway ? { queueWhenAway } : {}
  return { name, description, inputSchema, ...output, annotations, ...queued }
}

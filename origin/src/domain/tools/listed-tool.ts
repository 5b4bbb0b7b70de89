import type { CatalogTool } from '#contract/catalog.ts'
import type { Version } from './version.ts'

/** A version as clients see it under a name. */
export function listedTool(
  {
    description,
    inputSchema,
    outputSchema,
    annotations,
  }: Pick<Version, 'description' | 'inputSchema' | 'outputSchema' | 'annotations'>,
  name: string,
): CatalogTool {
  const output = outputSchema === null ? {} : { outputSchema }
  return { name, description, inputSchema, ...output, annotations }
}

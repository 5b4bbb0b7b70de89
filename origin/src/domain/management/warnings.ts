import type { Version } from '../tools/version.ts'

/** UTF-8 bytes of one schema from which on claude.ai leaves a tool out of what it shows its model. */
const SHOWN_SCHEMA_BYTES = 16_384

/** What an author had better change though nothing forbids it, in sentences. */
export function warningsAbout(version: Pick<Version, 'inputSchema' | 'outputSchema'>): string[] {
  const sizes = {
    input: schemaBytes(version.inputSchema),
    output: schemaBytes(version.outputSchema),
  }
  return Object.entries(sizes)
    .filter(([, bytes]) => bytes > SHOWN_SCHEMA_BYTES)
    .map(
      ([which, bytes]) =>
        `The ${which} schema has ${bytes} bytes. Some clients leave out tools whose schemas have more than ${SHOWN_SCHEMA_BYTES}: shorten descriptions and lists of choices, or take a plainer type.`,
    )
}

function schemaBytes(schema: unknown): number {
  return Buffer.byteLength(JSON.stringify(schema) ?? '')
}

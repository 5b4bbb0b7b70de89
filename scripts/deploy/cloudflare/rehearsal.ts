import type { Cloudflare, Write } from './cloudflare.ts'

/** True of an id that only a real run will know. */
export const isPlaceholder = (text: string) => text.includes('<')

/**
 * Reads for real, where there is somebody to read from, and changes nothing: what would be changed
 * is noted, and answered by what the caller pretends. So a plan is the very run that it is of.
 */
export function rehearsal(reads: Cloudflare | null): Cloudflare & { writes: Write[] } {
  const writes: Write[] = []
  return {
    writes,
    async get(path, schema, pretend) {
      if (reads === null || isPlaceholder(path)) return pretend ?? null
      return reads.get(path, schema)
    },
    async list(path, schema) {
      return reads === null || isPlaceholder(path) ? [] : reads.list(path, schema)
    },
    async write(call, _schema, pretend) {
      writes.push(call)
      return pretend
    },
  }
}

import type { ManifestLine } from './manifest.ts'
import { readSecretGrant } from './secret-grant.ts'

const MAY = { host: 'reach', module: 'import', package: 'use the package' } as const

/** What a line of a manifest allows, as the person who approves reads it. */
export function lineInWords(line: ManifestLine): string {
  if (line.kind !== 'secret') return `${MAY[line.kind]} ${line.value}`
  const { name, place } = readSecretGrant(line.value)
  if (place === null) return `read the secret ${name}`
  const where = place.header === null ? 'anywhere in a request' : `in the header ${place.header}`
  return `send the secret ${name}, without reading it, to ${place.host} ${where}`
}

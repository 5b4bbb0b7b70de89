import { z } from 'zod'
import { HostGrant } from './host-grant.ts'
import { ModuleName, SecretName } from './names.ts'
import { PackagePin } from './packages.ts'

/**
 * What a version may use, and nothing else: hosts it may reach, modules of the standard library that
 * it may import beyond the default list, packages whose modules it may import, secrets it may read.
 * Lists are sorted and without repeats, so that equal manifests are equal texts.
 */
export const Manifest = z.strictObject({
  hosts: z.array(HostGrant).transform(sortedSet),
  modules: z.array(ModuleName).transform(sortedSet),
  packages: z.array(PackagePin).transform(sortedSet),
  secrets: z.array(SecretName).transform(sortedSet),
})
export type Manifest = z.infer<typeof Manifest>

export const EMPTY_MANIFEST: Manifest = { hosts: [], modules: [], packages: [], secrets: [] }

function sortedSet<T extends string>(items: T[]): T[] {
  return [...new Set(items)].sort()
}

/** One thing that a version may use. */
export interface ManifestLine {
  kind: 'host' | 'module' | 'package' | 'secret'
  value: string
}

/** A manifest, line by line. */
export function manifestLines({ hosts, modules, packages, secrets }: Manifest): ManifestLine[] {
  return [
    ...hosts.map((value) => ({ kind: 'host' as const, value })),
    ...modules.map((value) => ({ kind: 'module' as const, value })),
    ...packages.map((value) => ({ kind: 'package' as const, value })),
    ...secrets.map((value) => ({ kind: 'secret' as const, value })),
  ]
}

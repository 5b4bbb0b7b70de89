import { z } from 'zod'
import { coversHost, HostGrant } from './host-grant.ts'
import { ModuleName } from './names.ts'
import { PackagePin } from './packages.ts'
import { readSecretGrant, SecretGrant } from './secret-grant.ts'

/**
 * What a version may use, and nothing else: hosts it may reach, modules of the standard library that
 * it may import beyond the default list, packages whose modules it may import, secrets it may read
 * or have sent. Lists are sorted and without repeats, so that equal manifests are equal texts.
 */
export const Manifest = z
  .strictObject({
    hosts: z.array(HostGrant).transform(sortedSet),
    modules: z.array(ModuleName).transform(sortedSet),
    packages: z.array(PackagePin).transform(sortedSet),
    secrets: z.array(SecretGrant).transform(sortedSet),
  })
  .superRefine(({ hosts, secrets }, context) => {
    for (const message of misplaced(secrets, hosts))
      context.addIssue({ code: 'custom', path: ['secrets'], message })
  })
export type Manifest = z.infer<typeof Manifest>

export const EMPTY_MANIFEST: Manifest = { hosts: [], modules: [], packages: [], secrets: [] }

/** What is wrong with where secrets go: a place out of reach, or a value that the code reads anyway. */
function misplaced(secrets: readonly SecretGrant[], hosts: readonly HostGrant[]): string[] {
  const grants = secrets.map((line) => ({ line, ...readSecretGrant(line) }))
  const readable = new Set(grants.filter(({ place }) => place === null).map(({ name }) => name))
  return grants.flatMap(({ line, name, place }) => {
    if (place === null) return []
    if (readable.has(name))
      return [
        `${line} binds a secret that ${name} gives to the code as well; keep only one of them`,
      ]
    return hosts.some((host) => coversHost(host, place.host))
      ? []
      : [`${line} sends a secret where the tool cannot go; add ${place.host} to its hosts`]
  })
}

function sortedSet<T extends string>(items: T[]): T[] {
  return [...new Set(items)].sort()
}

export const LineKind = z.enum(['host', 'module', 'package', 'secret'])
export type LineKind = z.infer<typeof LineKind>

/** One thing that a version may use. */
export type ManifestLine =
  | { kind: 'host' | 'module' | 'package'; value: string }
  | { kind: 'secret'; value: SecretGrant }

/** A manifest, line by line. */
export function manifestLines({ hosts, modules, packages, secrets }: Manifest): ManifestLine[] {
  return [
    ...hosts.map((value) => ({ kind: 'host' as const, value })),
    ...modules.map((value) => ({ kind: 'module' as const, value })),
    ...packages.map((value) => ({ kind: 'package' as const, value })),
    ...secrets.map((value) => ({ kind: 'secret' as const, value })),
  ]
}

/** A line as people read it, and as lines are compared: `host api.example.com`. */
export function lineText({ kind, value }: { kind: LineKind; value: string }): string {
  return `${kind} ${value}`
}

/**
 * What is left of a manifest with those of its lines that `keep` lets through. A secret goes with the
 * last host that it could be sent to; packages, which are locked together, go together.
 */
export function narrowed(manifest: Manifest, keep: (line: ManifestLine) => boolean): Manifest {
  const hosts = manifest.hosts.filter((value) => keep({ kind: 'host', value }))
  const hasPackages = manifest.packages.every((value) => keep({ kind: 'package', value }))
  return {
    hosts,
    modules: manifest.modules.filter((value) => keep({ kind: 'module', value })),
    packages: hasPackages ? manifest.packages : [],
    secrets: manifest.secrets.filter((value) => {
      const { place } = readSecretGrant(value)
      const isInReach = place === null || hosts.some((host) => coversHost(host, place.host))
      return isInReach && keep({ kind: 'secret', value })
    }),
  }
}

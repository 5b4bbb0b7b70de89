import { z } from 'zod'

/** Name of a distribution in its one normal form (PEP 503): `PyYAML` is `pyyaml`. */
export const DistributionName = z
  .string()
  .max(100)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be a distribution name such as `pyyaml`')
  .brand('DistributionName')
export type DistributionName = z.infer<typeof DistributionName>

/** A final, pre- or post-release (PEP 440). No ranges, no local versions, no URLs. */
const VERSION = String.raw`\d+(?:\.\d+)*(?:(?:a|b|rc)\d+)?(?:\.post\d+)?`

/**
 * One line of a manifest: a distribution from the package index at exactly one version, as
 * `name==version`.
 */
export const PackagePin = z
  .string()
  .max(140)
  .regex(
    new RegExp(`^[a-z0-9]+(?:-[a-z0-9]+)*==${VERSION}$`),
    'must be a distribution at one exact version, such as `pyyaml==6.0.2`, in lower case and with ' +
      'single dashes',
  )
  .brand('PackagePin')
export type PackagePin = z.infer<typeof PackagePin>

/** One wheel of a lock. */
export const LockedPackage = z.strictObject({
  name: DistributionName,
  version: z.string().regex(new RegExp(`^${VERSION}$`)),
  /** File name of the wheel (PEP 427). */
  wheel: z
    .string()
    .max(300)
    .regex(/^[\w.+!-]+\.whl$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Top-level import names that it brings, sorted. */
  imports: z.array(z.string()),
})
export type LockedPackage = z.infer<typeof LockedPackage>

/**
 * Everything that a version's packages bring, themselves included: exact wheels, sorted by name.
 * What an approval of the version binds to.
 */
export const ModuleLock = z.strictObject({
  /** Interpreter and platform that the wheels were chosen for, e.g. `cp311 linux x86_64`. */
  target: z.string().max(100),
  packages: z.array(LockedPackage).max(200),
})
export type ModuleLock = z.infer<typeof ModuleLock>

/** What pip reads of its environment: where its index is, and how to get there. */
export const PIP_VARIABLES =
  /^(PIP_\w+|\w+_proxy|\w+_PROXY|SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE|XDG_CONFIG_\w+)$/

/** The bodies of `POST /module-locks`, `POST /module-sets` and `POST /package-facts`. */
export const LockRequest = z.strictObject({ packages: z.array(PackagePin).min(1).max(50) })
export const SetRequest = z.strictObject({ lock: ModuleLock })
export const FactsRequest = z.strictObject({
  /** Without a version, what is known of the distribution. */
  packages: z
    .array(z.strictObject({ name: DistributionName, version: z.string().max(100).nullable() }))
    .max(200),
})
export type FactsRequest = z.infer<typeof FactsRequest>

/**
 * Line of the NDJSON stream that answers `POST /module-locks` (which ends in `locked`) and
 * `POST /module-sets` (which ends in `installed`). Either may end in `refused`.
 */
export const PackageNews = z.discriminatedUnion('type', [
  z.object({ type: z.literal('heartbeat') }),
  z.object({ type: z.literal('progress'), message: z.string() }),
  z.object({ type: z.literal('locked'), lock: ModuleLock }),
  z.object({ type: z.literal('installed') }),
  z.object({ type: z.literal('refused'), message: z.string() }),
])
export type PackageNews = z.infer<typeof PackageNews>

const told = (most: number) => z.string().transform((text) => text.slice(0, most))

/**
 * What the package index and a database of advisories say of a package. Null is unknown: nobody
 * answered, or the answer does not tell. It never stands for a good answer.
 */
export const PackageFacts = z.object({
  name: DistributionName,
  version: z.string().nullable(),
  exists: z.boolean().nullable(),
  released_at: z.iso.datetime({ offset: true }).nullable().catch(null),
  /** Newest release that is not withdrawn. */
  latest: told(100).nullable(),
  /** Of its largest wheel. */
  size_bytes: z.int().nonnegative().nullable().catch(null),
  license: told(200).nullable(),
  /** Withdrawn by its author (PEP 592). */
  yanked: z.boolean().nullable(),
  vulnerabilities: z
    .array(z.object({ id: told(100), summary: told(300).nullable() }))
    .max(100)
    .nullable(),
  /** Advisories that call it malware. */
  malware: z.array(told(100)).max(100).nullable(),
})
export type PackageFacts = z.infer<typeof PackageFacts>

/** What is known of a package that nobody could be asked about. */
export function unknownFacts({ name, version }: FactsRequest['packages'][number]): PackageFacts {
  return {
    name,
    version,
    exists: null,
    released_at: null,
    latest: null,
    size_bytes: null,
    license: null,
    yanked: null,
    vulnerabilities: null,
    malware: null,
  }
}

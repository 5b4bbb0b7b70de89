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

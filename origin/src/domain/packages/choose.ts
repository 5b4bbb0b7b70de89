import { PackagePin } from '#contract/packages.ts'
import type { Call } from '../operations/call.ts'
import { refuse } from '../refusal.ts'
import type { VersionText } from '../tools/version.ts'
import type { NamedPackage } from './named-package.ts'
import { assertStandardModules } from './standard-library.ts'

/**
 * A text with the exact packages that its author names, and their lock. The same packages as
 * `before` keep the lock that they have, so that a new text does not bring new packages along; so
 * do packages that are not spoken of.
 * @throws Refusal package_refused, cancelled, sandbox_unreachable
 */
export async function withPackages(
  call: Pick<Call, 'lockPackages' | 'packageFacts'>,
  text: VersionText,
  named: readonly NamedPackage[] | undefined,
  before: Pick<VersionText, 'manifest' | 'moduleLock'> | null,
): Promise<VersionText> {
  if (text.language === 'python') assertStandardModules(text.manifest.modules)
  if ((named ?? text.manifest.packages).length > 0 && text.language !== 'python')
    return refuse('package_refused', 'Packages are for tools in Python; this one is not.')
  if (named === undefined) return text
  const packages = await pinned(call, named)
  const same = before !== null && before.manifest.packages.join() === packages.join()
  const moduleLock = same ? before.moduleLock : await lockFor(call, packages)
  return { ...text, manifest: { ...text.manifest, packages }, moduleLock }
}

function lockFor(call: Pick<Call, 'lockPackages'>, packages: readonly PackagePin[]) {
  return packages.length === 0 ? null : call.lockPackages(packages)
}

/** Sorted and each once, as a manifest has them. */
async function pinned(
  call: Pick<Call, 'packageFacts'>,
  named: readonly NamedPackage[],
): Promise<PackagePin[]> {
  const open = named.filter(({ version }) => version === null)
  if (open.length > 0) {
    const known = await call.packageFacts(open)
    const told = known.map(({ name, exists, latest }) =>
      exists === false
        ? `there is no package ${name} in the index`
        : latest === null
          ? `${name} has none, and its newest one is not known here`
          : `write ${name}==${latest} for the newest one`,
    )
    return refuse('package_refused', `Packages need an exact version: ${told.join('; ')}.`)
  }
  const pins = new Set(named.map(({ name, version }) => toPin(name, version)))
  const twice = named.find(
    ({ name }) => [...pins].filter((pin) => pin.startsWith(`${name}==`)).length > 1,
  )
  if (twice !== undefined)
    return refuse('package_refused', `${twice.name} is named with two versions; name one.`)
  return [...pins].sort()
}

function toPin(name: string, version: string | null): PackagePin {
  const pin = PackagePin.safeParse(`${name}==${version}`)
  return pin.success
    ? pin.data
    : refuse('package_refused', `${version} is no version of a release, such as 6.0.2.`)
}

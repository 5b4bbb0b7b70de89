import type { Version } from '../tools/version.ts'
import type { PackageSource } from './package-source.ts'

/**
 * Has the packages of a version that just went live ready before its first call, which would
 * otherwise wait for them. A failure is reported; the first call tries again and is told.
 */
export async function installAhead(
  source: Pick<PackageSource, 'install'>,
  { moduleLock }: Pick<Version, 'moduleLock'>,
  onFault: (fault: unknown) => void,
): Promise<void> {
  if (moduleLock === null) return
  await source.install(moduleLock).catch(onFault)
}

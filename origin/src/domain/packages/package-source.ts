import type { FactsRequest, ModuleLock, PackageFacts, PackagePin } from '#contract/packages.ts'

/** Where packages come from. Methods throw Refusal sandbox_unreachable when it cannot be reached. */
export interface PackageSource {
  /**
   * Chooses the exact wheels that the packages need, and what those need.
   * @throws Refusal package_refused, and the signal's reason when that aborts
   */
  lock(
    packages: readonly PackagePin[],
    how: { news: (message: string) => void; signal: AbortSignal },
  ): Promise<ModuleLock>

  /** Has a lock's packages ready for the first call. @throws Refusal package_refused */
  install(lock: ModuleLock): Promise<void>

  /** What is known of packages, in the order asked; null in it is unknown. */
  facts(packages: FactsRequest['packages'], signal: AbortSignal): Promise<PackageFacts[]>
}

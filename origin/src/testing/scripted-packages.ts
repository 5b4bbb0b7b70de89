import { type ModuleLock, type PackageFacts, unknownFacts } from '#contract/packages.ts'
import type { PackageSource } from '../domain/packages/package-source.ts'

/** A source of packages that does what a test wrote, and remembers what it was asked. */
export class ScriptedPackages implements PackageSource {
  readonly locked: string[][] = []
  readonly installed: ModuleLock[] = []
  /** What it knows, by name. */
  known: Record<string, Partial<PackageFacts>> = {}

  async lock(...[packages, { news }]: Parameters<PackageSource['lock']>): Promise<ModuleLock> {
    this.locked.push([...packages])
    news(`Collecting ${packages.join(' ')}`)
    return lockOf(...packages)
  }

  async install(lock: ModuleLock): Promise<void> {
    this.installed.push(lock)
  }

  async facts(packages: Parameters<PackageSource['facts']>[0]): Promise<PackageFacts[]> {
    return packages.map((asked) => ({ ...unknownFacts(asked), ...this.known[asked.name] }))
  }
}

/** A lock of packages that need nothing else. */
export function lockOf(...pins: string[]): ModuleLock {
  const packages = pins.map((pin) => {
    const [name = '', version = ''] = pin.split('==')
    const wheel = `${name}-${version}-py3-none-any.whl`
    return { name: name as never, version, wheel, sha256: 'a'.repeat(64), imports: [name] }
  })
  return { target: 'cp311 linux x86_64', packages }
}

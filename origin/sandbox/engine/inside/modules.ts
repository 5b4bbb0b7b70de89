import { isBuiltin } from 'node:module'
import { Refused } from './refused.ts'

/**
 * What a tool may import. Nothing here exists to open files, sockets, processes or threads. This is
 * policy, said early and in words; what code reaches all the same, the kernel refuses.
 */
const OFFERED = new Set(
  `assert buffer crypto events path querystring stream stream/promises string_decoder timers
   timers/promises url util util/types zlib`.split(/\s+/),
)

/** True for a module that every tool may import. */
export function isOffered(specifier: string): boolean {
  return OFFERED.has(specifier.replace(/^node:/, ''))
}

/**
 * The name that Node knows an import by. `granted` are the modules of the manifest. Throws Refused
 * for what a tool may not import.
 */
export function offered(specifier: string, granted: readonly string[]): string {
  const name = specifier.replace(/^node:/, '')
  if (isOffered(name) || (granted.includes(name) && isBuiltin(name))) return `node:${name}`
  if (isBuiltin(specifier)) throw new Refused('ImportRefused', `${specifier} ${USELESS}`)
  if (/^(?:\.|\/|[a-z]+:)/.test(specifier)) {
    throw new Refused(
      'ImportRefused',
      `${specifier}: a tool is a single file, there is nothing beside it`,
    )
  }
  throw new Refused('ImportRefused', `${specifier}: there are no npm packages in a tool`)
}

const USELESS =
  'is not available: the manifest does not name it. A tool has no files, processes or sockets; `fetch` reaches the hosts of its manifest'

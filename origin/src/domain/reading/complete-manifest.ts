import type { CodeUses } from '#contract/code-uses.ts'
import { coversHost, type HostGrant, readHostGrant } from '#contract/host-grant.ts'
import type { Manifest } from '#contract/manifest.ts'
import type { ModuleName } from '#contract/names.ts'
import { readSecretGrant, type SecretGrant } from '#contract/secret-grant.ts'

/** What an author says of a manifest; what is left out is for the code to say. */
export interface WrittenManifest {
  hosts?: readonly HostGrant[] | undefined
  modules?: readonly ModuleName[] | undefined
  secrets?: readonly SecretGrant[] | undefined
}

type Lines = Pick<Manifest, 'hosts' | 'modules' | 'secrets'>

/**
 * The lines of a manifest: those of its author where they name any list, an empty one too; else those
 * that it had `before` and what the code is seen to use beyond them. A secret that the code only puts into
 * headers is bound to those; one whose placeholder it writes, to the host where there is just one. With
 * several, its author must say which.
 */
export function completedManifest(
  written: WrittenManifest,
  uses: CodeUses,
  before: Lines = { hosts: [], modules: [], secrets: [] },
): Lines {
  const hosts = written.hosts ?? [
    ...before.hosts,
    ...uses.hosts.filter((host) => !before.hosts.some((line) => coversUse(line, host))),
  ]
  const modules = written.modules ?? [
    ...before.modules,
    ...uses.modules.filter((name) => !before.modules.some((known) => coversModule(known, name))),
  ]
  const secrets = written.secrets ?? [
    ...before.secrets,
    ...uses.secrets
      .filter(({ name }) => !before.secrets.some((line) => readSecretGrant(line).name === name))
      .flatMap((secret) => secretLine(secret, hosts)),
  ]
  return { hosts: [...hosts], modules: [...modules], secrets: [...secrets] }
}

/** Whether a line of a manifest allows a host that code is seen to use; the usual ports may be written. */
export function coversUse(line: HostGrant, used: HostGrant): boolean {
  const portless = line.replace(/:(?:80|443)$/, '') as HostGrant
  return coversHost(line, used) || coversHost(portless, used)
}

/** Whether naming one module gives the other as well. */
export function coversModule(wide: string, narrow: string): boolean {
  return narrow === wide || narrow.startsWith(`${wide}.`)
}

function secretLine(
  { name, read, places }: CodeUses['secrets'][number],
  hosts: readonly HostGrant[],
): SecretGrant[] {
  if (read) return [name as string as SecretGrant]
  const inReach = places.filter((line) => {
    const { place } = readSecretGrant(line)
    return place !== null && hosts.some((host) => coversHost(host, place.host))
  })
  if (places.length > 0) return inReach
  const [only, ...others] = hosts
  if (only === undefined || others.length > 0 || readHostGrant(only).subdomains) return []
  return [`${name}@${only}` as SecretGrant]
}

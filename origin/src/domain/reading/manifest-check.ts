import type { CodeUses } from '#contract/code-uses.ts'
import { coversHost, type HostGrant } from '#contract/host-grant.ts'
import type { ManifestCheck } from '#contract/manifest-check.ts'
import type { Manifest } from '#contract/manifest.ts'
import { readSecretGrant } from '#contract/secret-grant.ts'
import type { VersionText } from '../tools/version.ts'
import { coversModule, coversUse } from './complete-manifest.ts'
import { unseenInWords } from './unseen-in-words.ts'

type Text = Pick<VersionText, 'manifest' | 'moduleLock'>

/** A manifest beside what reading the code told. */
export function manifestCheck({ manifest, moduleLock }: Text, uses: CodeUses): ManifestCheck {
  const locked = moduleLock?.packages ?? []
  const bringing = (pin: string) =>
    locked.find(({ name }) => pin.startsWith(`${name}==`))?.imports ?? []
  const brought = new Set<string>(manifest.packages.flatMap(bringing))
  const imported = new Set<string>(uses.packages.map(({ module }) => module))
  return {
    lacking: [...lackingHosts(manifest, uses), ...lackingModules(manifest, uses)]
      .concat(
        uses.packages
          .filter(({ module }) => !brought.has(module))
          .map(({ module, package: name }) => `package of the module ${module}, likely ${name}`),
      )
      .concat(lackingSecrets(manifest, uses)),
    unused: [
      ...manifest.hosts.filter((host) => !isUsed(host, uses)).map((host) => `host ${host}`),
      ...manifest.modules
        .filter((name) => !uses.modules.some((used) => coversModule(name, used)))
        .map((name) => `module ${name}`),
      ...manifest.packages
        .filter((pin) => !bringing(pin).some((name) => imported.has(name)))
        .map((pin) => `package ${pin}`),
      ...manifest.secrets
        .filter((line) => !uses.secrets.some(({ name }) => name === readSecretGrant(line).name))
        .map((line) => `secret ${line}`),
    ],
    unseen: uses.unseen.map(unseenInWords),
  }
}

function lackingHosts({ hosts }: Manifest, uses: CodeUses): string[] {
  return uses.hosts
    .filter((host) => !hosts.some((line) => coversUse(line, host)))
    .map((host) => `host ${host}`)
}

function lackingModules({ modules }: Manifest, uses: CodeUses): string[] {
  return uses.modules
    .filter((name) => !modules.some((line) => coversModule(line, name)))
    .map((name) => `module ${name}`)
}

function lackingSecrets({ secrets }: Manifest, uses: CodeUses): string[] {
  const lines = secrets.map(readSecretGrant)
  return uses.secrets.flatMap(({ name, read }) => {
    const named = lines.filter((line) => line.name === name)
    if (named.length === 0)
      return [read ? `secret ${name}` : `secret ${name}, with the host that it is sent to`]
    const isSent = named.some(({ place }) => place !== null)
    return read || isSent ? [] : [`the host that the secret ${name} is sent to`]
  })
}

/** A host is used when it is seen, or when a hidden one may be below it. */
function isUsed(line: HostGrant, { hosts, unseen }: CodeUses): boolean {
  if (hosts.some((host) => coversUse(line, host))) return true
  return unseen.some(({ kind, hint }) => kind === 'host' && hint !== null && covers(line, hint))
}

function covers(line: HostGrant, hint: string): boolean {
  return coversHost(line, hint as HostGrant)
}

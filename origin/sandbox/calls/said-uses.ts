import { z } from 'zod'
import { type CodeUses, MOST_USES, Unseen } from '#contract/code-uses.ts'
import { HostGrant, normalHostGrant } from '#contract/host-grant.ts'
import { ModuleName, SecretName } from '#contract/names.ts'
import { DistributionName } from '#contract/packages.ts'
import { normalSecretGrant, SecretGrant } from '#contract/secret-grant.ts'
import { Analysis, type Language } from '#contract/sandbox.ts'
import { isOffered } from '../engine/inside/modules.ts'

const Said = z.string().max(4_096)
const most = <T extends z.ZodType>(item: T) => z.array(item).max(MOST_USES)

const SaidUses = z.object({
  hosts: most(Said),
  modules: most(Said),
  packages: most(z.object({ module: Said, package: Said })),
  secrets: most(z.object({ name: Said, read: z.boolean(), places: most(Said) })),
  unseen: most(Unseen.extend({ hint: Said.nullable() })),
})
type SaidUses = z.infer<typeof SaidUses>

/** What a confined process says of a text. It read a hostile one, so it may say anything. */
export const SaidAnalysis = z.union([
  Analysis.options[0].extend({ uses: SaidUses }),
  Analysis.options[1],
])

/** What can be told of what was said: names that no manifest can hold are called unseen. */
export function usesIn(said: SaidUses, language: Language): CodeUses {
  const hosts = said.hosts.flatMap((host) => read(HostGrant, normalHostGrant(host)) ?? [])
  const packages = said.packages.flatMap(({ module: top, package: name }) => {
    const known = { module: read(ModuleName, top), package: read(DistributionName, name) }
    return known.module === null || known.package === null ? [] : [known as Brought]
  })
  const odd = [
    ...(hosts.length < said.hosts.length ? [unseen('host')] : []),
    ...(packages.length < said.packages.length ? [unseen('module')] : []),
  ]
  return {
    hosts: [...new Set(hosts)].sort(),
    modules: each(ModuleName, language === 'python' ? said.modules : modulesOfNode(said.modules)),
    packages,
    secrets: said.secrets.flatMap(({ name, read: isRead, places }) => {
      const known = read(SecretName, name)
      const lines = places.map((place) => normalSecretGrant(`${name}@${place}`) ?? '')
      const sent = each(SecretGrant, lines)
      return known === null
        ? []
        : [{ name: known, read: isRead, places: [...new Set(sent)].sort() }]
    }),
    unseen: [...odd, ...said.unseen]
      .slice(0, MOST_USES)
      .map((one) => ({ ...one, hint: hintOf(one) })),
  }
}

type Brought = CodeUses['packages'][number]

function unseen(kind: Unseen['kind']): Unseen {
  return { kind, line: 1, hint: null }
}

/** What a manifest must name of the modules of Node; it writes no `node:`. */
function modulesOfNode(names: readonly string[]): string[] {
  return names.filter((name) => !isOffered(name)).map((name) => name.replace(/^node:/, ''))
}

/** Hints of hosts are hosts in their normal form; others come from lists of ours. */
function hintOf({ kind, hint }: Unseen): string | null {
  if (hint === null) return null
  if (kind === 'code') return /^\w{1,40}$/.test(hint) ? hint : null
  return normalHostGrant(hint)
}

function each<T extends z.ZodType>(schema: T, texts: readonly string[]): z.infer<T>[] {
  return texts.flatMap((text) => read(schema, text) ?? [])
}

function read<T extends z.ZodType>(schema: T, text: string | null): z.infer<T> | null {
  const parsed = schema.safeParse(text)
  return parsed.success ? parsed.data : null
}

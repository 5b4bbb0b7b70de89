import type { ApprovalView } from '#contract/admin-api.ts'
import type { LockedPackage, PackageFacts } from '#contract/packages.ts'

const DAY_MS = 24 * 3600 * 1000

/**
 * What a version's packages bring, each with what is known of it; one thing a line, gravest first.
 * What nobody could tell is called unknown, never fine.
 */
export function presentPackages(
  { version, package_facts }: Pick<ApprovalView, 'version' | 'package_facts'>,
  now: number = Date.now(),
): string[] {
  const named = new Set(version.manifest.packages.map((pin) => pin.slice(0, pin.indexOf('=='))))
  return (version.module_lock?.packages ?? []).flatMap((locked) => {
    const facts = package_facts.find(
      (one) => one.name === locked.name && one.version === locked.version,
    )
    return [
      `${locked.name} ${locked.version}, ${named.has(locked.name) ? brings(locked) : 'needed by another one'}`,
      ...(facts === undefined ? ['  all else unknown'] : tell(facts, now)),
    ]
  })
}

function brings({ imports }: LockedPackage): string {
  return imports.length === 0 ? 'brings nothing to import' : `to import as ${imports.join(', ')}`
}

function tell(facts: PackageFacts, now: number): string[] {
  const { exists, released_at, latest, size_bytes, license, yanked } = facts
  const index = [
    inWords(exists, 'in the index', 'NOT IN THE INDEX', 'existence unknown'),
    inWords(yanked, 'WITHDRAWN BY ITS AUTHOR', 'not withdrawn', 'withdrawal unknown'),
    `age ${released_at === null ? 'unknown' : age(released_at, now)}`,
    `newest ${latest ?? 'unknown'}`,
    `size ${size_bytes === null ? 'unknown' : `${Math.ceil(size_bytes / 1000)} kB`}`,
    `license ${license ?? 'unknown'}`,
  ]
  return [...advisories(facts), `  ${index.join(', ')}`]
}

function advisories({ malware, vulnerabilities }: PackageFacts): string[] {
  const marks =
    malware === null
      ? ['  marks of malware: unknown']
      : malware.map((id) => `  MARKED AS MALWARE: ${id}`)
  if (vulnerabilities === null) return [...marks, '  known vulnerabilities: unknown']
  const none = malware?.length === 0 ? '  no mark of malware, no known vulnerability' : null
  if (vulnerabilities.length === 0) return none === null ? marks : [none]
  return [
    ...marks,
    ...vulnerabilities.map(
      ({ id, summary }) => `  known vulnerability ${id}: ${summary ?? 'no words about it'}`,
    ),
  ]
}

function inWords(is: boolean | null, yes: string, no: string, unknown: string): string {
  return is === null ? unknown : is ? yes : no
}

function age(releasedAt: string, now: number): string {
  const days = Math.max(0, Math.floor((now - Date.parse(releasedAt)) / DAY_MS))
  return `${days} ${days === 1 ? 'day' : 'days'}`
}

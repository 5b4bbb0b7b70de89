import type { BoundSecret } from '#contract/egress.ts'
import type { HostGrant } from '#contract/host-grant.ts'
import { lineText } from '#contract/manifest.ts'
import { readSecretGrant, SecretGrant } from '#contract/secret-grant.ts'
import type { Withdrawal } from '#contract/withdrawal.ts'

/** What has been taken back of a run's manifest since it began. It only ever grows. */
export type Withdrawn = {
  add(withdrawals: readonly Withdrawal[]): void
  host(grant: HostGrant): boolean
  secret(bound: BoundSecret): boolean
  /**
   * A line of which the process keeps what it got (a module, a package, a secret that it reads), as
   * `module os`; null while none of these is withdrawn. Nothing but its connections can be taken away.
   */
  held(): string | null
}

/** @param now milliseconds of a clock that only goes forward */
export function withdrawnLines(
  withdrawals: readonly Withdrawal[] = [],
  now: () => number = () => performance.now(),
): Withdrawn {
  /** When each line ends, by its text. */
  const ends = new Map<string, number>()
  /** Those of them that the process itself has. */
  const inside = new Set<string>()

  function add(more: readonly Withdrawal[]): void {
    for (const withdrawal of more) {
      const line = lineText(withdrawal)
      ends.set(line, Math.min(ends.get(line) ?? Infinity, now() + withdrawal.in_ms))
      if (isInside(withdrawal)) inside.add(line)
    }
  }
  const isOver = (line: string) => (ends.get(line) ?? Infinity) <= now()

  add(withdrawals)
  return {
    add,
    host: (value) => isOver(lineText({ kind: 'host', value })),
    secret: ({ name, host, header }) =>
      isOver(lineText({ kind: 'secret', value: `${name}@${host}${headerPart(header)}` })),
    held: () => [...inside].find(isOver) ?? null,
  }
}

function headerPart(header: string | null): string {
  return header === null ? '' : `/${header}`
}

function isInside({ kind, value }: Withdrawal): boolean {
  if (kind === 'host') return false
  const secret = kind === 'secret' ? SecretGrant.safeParse(value) : null
  // A secret that cannot be read as one that is only sent counts as one that is held.
  return secret?.success !== true || readSecretGrant(secret.data).place === null
}

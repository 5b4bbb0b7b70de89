import { z } from 'zod'
import { type FactsRequest, PackageFacts, unknownFacts } from '#contract/packages.ts'
import { RecentMap } from '#contract/recent-map.ts'
import type { Fetcher } from './fetcher.ts'
import { PackageRefusal } from './package-refusal.ts'

type Asked = FactsRequest['packages'][number]

/** How long a person waits for facts, and how long they are good for. */
const LOOK_UP_MS = 8_000
const KEPT_MS = 5 * 60_000
const MOST_KEPT = 1_000

export type Facts = (packages: readonly Asked[], signal: AbortSignal) => Promise<PackageFacts[]>

/**
 * What is known of packages, in the order in which they are asked for. Never rejects for want of an
 * answer: what nobody tells in time is unknown, and is asked for again the next time.
 */
export function packageFacts(
  fetcher: Fetcher,
  advisories: string,
  now: () => number = Date.now,
): Facts {
  const kept = new RecentMap<{ facts: PackageFacts; until: number }>(MOST_KEPT)

  function recall(asked: Asked): PackageFacts | null {
    const found = kept.get(nameOf(asked))
    return found !== undefined && found.until > now() ? found.facts : null
  }

  function keep(facts: PackageFacts): void {
    if (facts.exists === null || facts.malware === null) return
    kept.set(nameOf(facts), { facts, until: now() + KEPT_MS })
  }

  async function lookUp(packages: readonly Asked[], signal: AbortSignal): Promise<PackageFacts[]> {
    const input = JSON.stringify({ packages, advisories })
    const work = {
      part: 'facts',
      args: [],
      writes: null,
      input,
      timeoutMs: LOOK_UP_MS,
      signal,
    } as const
    try {
      const { code, output } = await fetcher.run(work)
      if (code !== 0) return packages.map(unknownFacts)
      const told = z.array(z.looseObject({})).length(packages.length).parse(JSON.parse(output))
      return packages.map((asked, at) => {
        const read = PackageFacts.safeParse({ ...told[at], ...asked })
        return read.success ? read.data : unknownFacts(asked)
      })
    } catch (error) {
      if (error instanceof PackageRefusal) return packages.map(unknownFacts)
      throw error
    }
  }

  return async (packages, signal) => {
    const open = packages.filter((asked) => recall(asked) === null)
    const found = open.length === 0 ? [] : await lookUp(open, signal)
    found.forEach(keep)
    const fresh = new Map(found.map((facts) => [nameOf(facts), facts]))
    return packages.map((asked) => recall(asked) ?? fresh.get(nameOf(asked)) ?? unknownFacts(asked))
  }
}

function nameOf({ name, version }: Asked): string {
  return `${name}==${version ?? ''}`
}

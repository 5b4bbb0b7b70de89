import type { Part } from '#contract/deployment.ts'
import { DeployFailure } from './failure.ts'
import { KINDS } from './parts/kinds.ts'
import type { Run } from './run.ts'

/** One thing that is to exist at Cloudflare. */
export interface Wanted<F extends { id: string; name: string }> {
  part: Part
  name: string
  /** Everything that could be it: by our id, or by our name. */
  find(): Promise<F[]>
  make(): Promise<F>
  /** What of it is not as it should be, in words; null when all is. */
  wrong(found: F): string | null
  change(found: F): Promise<F>
  /**
   * For things whose secret Cloudflare tells only once: gives a new one to a thing of ours that was
   * made by a run that broke before the secret was kept.
   */
  renewLost?: (found: F) => Promise<F>
  /** Whether its secret, told only once, is in our record. */
  secretIsKept?: boolean
}

/**
 * Sees to it that the wanted thing exists once and is as it should be. It is ours when the record
 * names its id, or said before that it was about to be made; anything else under its name is
 * somebody's, and taken over only when they say so.
 */
export async function ensure<F extends { id: string; name: string }>(
  run: Run,
  wanted: Wanted<F>,
): Promise<F> {
  const { part, name } = wanted
  const what = `${KINDS[part]} “${name}”`
  const { record } = run.records
  const all = await wanted.find()
  const recorded = all.find(({ id }) => id === record[part]?.['id' as never])
  const found = recorded ?? all.find((one) => one.name === name)

  if (found === undefined) {
    run.effect({ verb: 'make', what })
    await run.records.making(part, name)
    return wanted.make()
  }
  const ours = recorded !== undefined || record.making[part] === name
  if (!ours) {
    if (wanted.renewLost !== undefined)
      throw new DeployFailure(
        `There is a ${what} (${found.id}) that this MCPbox did not make, and its secret cannot be read. Rename or delete it, or deploy under another name (--worker).`,
      )
    await run.mayTakeOver({ part, what, id: found.id })
    run.effect({ verb: 'take over', what })
  }
  if (wanted.renewLost !== undefined && !(recorded !== undefined && wanted.secretIsKept === true)) {
    run.effect({ verb: 'change', what, details: 'its secret was lost; it gets a new one' })
    return wanted.renewLost(found)
  }
  const wrong = wanted.wrong(found)
  if (wrong === null) {
    if (ours) run.effect({ verb: 'keep', what })
    return found
  }
  run.effect({ verb: 'change', what, details: wrong })
  return wanted.change(found)
}

/**
 * Names of the fields of `wanted` that are otherwise in `actual`, which may have more; null when
 * there are none. Lists are compared without their order.
 */
export function differences(
  actual: Record<string, unknown>,
  wanted: Record<string, unknown>,
): string | null {
  const differing = Object.keys(wanted).filter((key) => !holds(actual[key], wanted[key]))
  return differing.length === 0 ? null : `other ${differing.join(', ')}`
}

function holds(actual: unknown, wanted: unknown): boolean {
  // An empty list is often left out of what Cloudflare tells.
  if (Array.isArray(wanted) && wanted.length === 0 && (actual ?? null) === null) return true
  if (Array.isArray(wanted))
    return (
      Array.isArray(actual) &&
      actual.length === wanted.length &&
      wanted.every((one) => actual.some((other) => holds(other, one)))
    )
  if (typeof wanted === 'object' && wanted !== null)
    return (
      typeof actual === 'object' &&
      actual !== null &&
      Object.entries(wanted).every(([key, value]) => holds(Reflect.get(actual, key), value))
    )
  return actual === wanted
}

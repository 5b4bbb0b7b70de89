import { readFile } from 'node:fs/promises'
import { afterAll, describe, expect, it } from 'vitest'
import type { Outcome } from '#contract/sandbox.ts'
import { attack, KERNEL_REFUSALS } from '../testing/attack.ts'
import { fileCanary, processCanary } from '../testing/canaries.ts'
import { orphans } from '../testing/orphans.ts'
import { formableLevels, sandboxAt } from '../testing/sandbox.ts'
import type { Ending } from './attacks/attack.ts'
import { CORPUS } from './attacks/corpus.ts'

const THREAT_MODEL = new URL('../../../docs/threat-model.md', import.meta.url)
/** Long enough for all that ends by itself. */
const limits = { timeout_ms: 1_000 }

function endingOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'ok':
      return `value ${JSON.stringify(outcome.value)}`
    case 'failed':
      return KERNEL_REFUSALS.includes(outcome.failure.type)
        ? 'barred'
        : `failed ${outcome.failure.type}: ${outcome.failure.message}`
    case 'killed':
      return outcome.reason
    case 'timed_out':
    case 'refused':
      return outcome.kind
  }
}

const isOne = (ending: string) => (expected: Ending) =>
  ending === expected || (expected.startsWith('failed ') && ending.startsWith(`${expected}:`))

const file = await fileCanary()
const before = await file.state()
const bystander = await processCanary()
afterAll(async () => {
  await bystander[Symbol.asyncDispose]()
  await file[Symbol.asyncDispose]()
})
const input = { path: file.path, folder: file.folder, pid: bystander.pid }

describe.each(formableLevels)('the corpus at %s', (level) => {
  const sandbox = sandboxAt(level)

  describe.each(Object.entries(CORPUS))('%s', { concurrent: true }, (_, family) => {
    it.each(Object.entries(family))('%s', async (__, { code, ends }) => {
      const ending = endingOf(await attack(sandbox, code, { input, limits }))
      expect(ends.some(isOne(ending)), `it ended as: ${ending}`).toBe(true)
    })
  })

  it('has changed nothing, ended nobody, and left nobody', async () => {
    expect(await file.state()).toBe(before)
    expect(bystander.alive()).toBe(true)
    await expect.poll(orphans, { timeout: 10_000 }).toEqual([])
    expect(await attack(sandbox, 'def main(): return 1')).toMatchObject({ kind: 'ok', value: 1 })
  })
})

it('the threat model counts the corpus rightly', async () => {
  const families = Object.values(CORPUS)
  const attacks = families.reduce((count, family) => count + Object.keys(family).length, 0)
  expect(attacks).toBeGreaterThanOrEqual(60)
  const text = await readFile(THREAT_MODEL, 'utf8')
  expect(text).toContain(`${attacks} named attacks in ${families.length} families`)
})

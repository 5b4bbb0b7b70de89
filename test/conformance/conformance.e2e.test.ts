import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DOORS, REVISIONS, startConformance, type Conformance } from './suite.ts'

let conformance: Conformance
beforeAll(async () => {
  conformance = await startConformance()
})
afterAll(() => conformance?.[Symbol.asyncDispose]())

describe.each(DOORS)('the official conformance suite at the %s door', (door) => {
  test.each(REVISIONS)('every required scenario of %s passes', async (revision) => {
    const { required, missing } = await conformance.run(revision, door)
    expect(required.length).toBeGreaterThan(0)
    expect(missing).toEqual([])
  })
})

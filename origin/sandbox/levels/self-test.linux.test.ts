import { describe, expect, it } from 'vitest'
import { runConfined } from '../calls/run.ts'
import { formableLevels, sandboxAt } from '../testing/sandbox.ts'
import { testSelf } from './self-test.ts'

describe.each(formableLevels)('the self-test at %s', (level) => {
  const { forkServer } = sandboxAt(level)

  it('is refused everything that it tries', async () => {
    const { passed, failed } = await testSelf(runConfined(forkServer), level)
    expect(failed).toEqual([])
    expect(passed).toHaveLength(22)
  })
})

describe('where there is no confinement', () => {
  it('says what worked', async () => {
    const value = { 'read a file': 'it worked', fork: 'refused' }
    const { passed, failed } = await testSelf(
      () =>
        Promise.resolve({
          kind: 'ok',
          value,
          stdout: { text: '', bytes: 0, truncated: false },
          duration_ms: 1,
          isolation: { level: 'S2', layers: [] },
        }),
      'S3',
    )
    expect(passed).toContain('fork')
    expect(failed).toEqual(['read a file: it worked', 'ptrace: ok', 'a level as promised: no'])
  })
})

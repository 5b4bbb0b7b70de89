import { describe, expect, it } from 'vitest'
import { forkServer } from '../process/fork-server.ts'
import { formableLevels, machine } from '../testing/sandbox.ts'
import { REQUIRED_LAYERS } from './layers.ts'
import { proveLevel, USUAL_LIMITS } from './prove.ts'

describe('a level is what a process has proven', () => {
  it.each(formableLevels)('%s', async (level) => {
    await using server = forkServer({ ...machine, level })
    const { child, isolation } = await server.take(USUAL_LIMITS)
    child.kill()
    expect(isolation.level).toBe(level)
    expect(isolation.layers).toEqual(expect.arrayContaining([...REQUIRED_LAYERS[level]]))
    expect((await child.gone).account).toMatchObject({ signal: 9 })
  })

  it('and the strongest one is taken', async () => {
    const { isolation, forkServer: proven } = await proveLevel(machine, 'S1')
    await proven[Symbol.asyncDispose]()
    expect(isolation.level).toBe(formableLevels[0])
  })
})

describe('a machine that gives less', () => {
  /** An interpreter whose folders cannot be shown, as on a machine that refuses the steps. */
  const broken = {
    ...machine,
    interpreter: { ...machine.interpreter, executable: '/bin/false' },
  }

  it('is refused below the minimum, with the reason', async () => {
    await expect(proveLevel(broken, 'S2')).rejects.toThrow(
      /cannot form isolation level S2\. start: it ended/,
    )
  })
})

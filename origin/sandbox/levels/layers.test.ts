import { describe, expect, it } from 'vitest'
import { FORMABLE_LEVELS, missingLayers, REQUIRED_LAYERS } from './layers.ts'

const python = { language: 'python', asRoot: false } as const

describe('what a process was promised to be', () => {
  it.each(FORMABLE_LEVELS)('at %s it is short of each layer that it did not prove', (level) => {
    expect(missingLayers({ ...python, level }, [])).toEqual(REQUIRED_LAYERS[level])
    expect(missingLayers({ ...python, level }, REQUIRED_LAYERS[level])).toEqual([])
    for (const layer of REQUIRED_LAYERS[level]) {
      const others = REQUIRED_LAYERS[level].filter((other) => other !== layer)
      expect(missingLayers({ ...python, level }, others)).toEqual([layer])
    }
  })

  it.each(['S3', 'S2', 'S1'] as const)(
    'at %s it is a user of its own where root starts it',
    (level) => {
      const promised = { ...python, level, asRoot: true }
      expect(missingLayers(promised, REQUIRED_LAYERS[level])).toEqual(['call_uid'])
      expect(missingLayers(promised, [...REQUIRED_LAYERS[level], 'call_uid'])).toEqual([])
    },
  )

  it('is dumpable when it has become Node, and only then', () => {
    const proven = REQUIRED_LAYERS.S3.filter((layer) => layer !== 'undumpable')
    const promised = { ...python, level: 'S3' as const }
    expect(missingLayers(promised, proven)).toEqual(['undumpable'])
    expect(missingLayers({ ...promised, language: 'typescript' }, proven)).toEqual([])
  })
})

import { expect, test } from 'vitest'
import { ModuleLock, type PackageFacts, unknownFacts } from '#contract/packages.ts'
import { presentPackages } from './present-packages.ts'

const NOW = Date.parse('2026-01-11T00:00:00Z')
const NAME = { name: 'pyyaml', version: '6.0.2' }

function shown(facts: Partial<PackageFacts> | null): string[] {
  const lock = ModuleLock.parse({
    target: 'cp311 linux x86_64',
    packages: [{ ...NAME, wheel: 'a.whl', sha256: 'a'.repeat(64), imports: ['_yaml', 'yaml'] }],
  })
  const version = { manifest: { packages: ['pyyaml==6.0.2'] }, module_lock: lock }
  const package_facts =
    facts === null ? [] : [{ ...unknownFacts(lock.packages[0] as never), ...NAME, ...facts }]
  return presentPackages({ version, package_facts } as never, NOW)
}

const GOOD = {
  exists: true,
  released_at: '2026-01-01T00:00:00Z',
  latest: '6.0.3',
  size_bytes: 762_000,
  license: 'MIT',
  yanked: false,
  vulnerabilities: [],
  malware: [],
}

test('a package is shown with its import names and what is known of it', () => {
  expect(shown(GOOD)).toEqual([
    'pyyaml 6.0.2, to import as _yaml, yaml',
    '  no mark of malware, no known vulnerability',
    '  in the index, not withdrawn, age 10 days, newest 6.0.3, size 762 kB, license MIT',
  ])
})

test('offline, everything is unknown and nothing is fine', () => {
  const lines = shown({})
  expect(lines.slice(1)).toEqual([
    '  marks of malware: unknown',
    '  known vulnerabilities: unknown',
    '  existence unknown, withdrawal unknown, age unknown, newest unknown, size unknown, license unknown',
  ])
  expect(shown(null).slice(1)).toEqual(['  all else unknown'])
})

test('half an answer says which half is missing', () => {
  expect(shown({ ...GOOD, malware: null })).toContain('  marks of malware: unknown')
  expect(shown({ ...GOOD, vulnerabilities: null })).toContain('  known vulnerabilities: unknown')
})

test('marks of malware come first, then vulnerabilities, in their own words', () => {
  const vulnerabilities = [
    { id: 'GHSA-1', summary: 'runs code' },
    { id: 'PYSEC-2', summary: null },
  ]
  expect(shown({ ...GOOD, yanked: true, malware: ['MAL-2026-1'], vulnerabilities })).toEqual([
    'pyyaml 6.0.2, to import as _yaml, yaml',
    '  MARKED AS MALWARE: MAL-2026-1',
    '  known vulnerability GHSA-1: runs code',
    '  known vulnerability PYSEC-2: no words about it',
    expect.stringContaining('WITHDRAWN BY ITS AUTHOR'),
  ])
})

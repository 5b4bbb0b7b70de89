import { expect, test } from 'vitest'
import { Name } from '#contract/names.ts'
import { DistributionName, type LockedPackage, type ModuleLock } from '#contract/packages.ts'
import { manifest, versionText } from '../../testing/tools.ts'
import { canonicalJson } from '#contract/json.ts'
import { versionHash } from './version-hash.ts'
import type { VersionText } from './version.ts'

const text = versionText()
const { annotations } = text

function lock(change: Partial<LockedPackage> = {}): ModuleLock {
  const name = DistributionName.parse('pyyaml')
  const wheel = { name, version: '6.0.2', wheel: 'pyyaml.whl', sha256: 'a'.repeat(64), imports: [] }
  return { target: 'cp311', packages: [{ ...wheel, ...change }] }
}

const changes: { [field in keyof VersionText]: Partial<VersionText>[] } = {
  server: [{ server: Name.parse('climate') }],
  tool: [{ tool: Name.parse('now') }],
  description: [{ description: 'Tells the weather. ' }],
  code: [{ code: `${text.code}\n` }, { code: text.code.replace('city', 'сity') }],
  publication: [
    { publication: { kind: 'tool', name: 'forecast' } },
    { publication: { kind: 'prompt', name: 'weather__forecast' } },
    { publication: { kind: 'resource', uri: 'weather://now', mimeType: null } },
    { publication: { kind: 'resource', uri: 'weather://now', mimeType: 'text/plain' } },
  ],
  language: [{ language: 'typescript' }],
  inputSchema: [{ inputSchema: {} }],
  outputSchema: [{ outputSchema: {} }],
  annotations: [
    { annotations: { ...annotations, readOnlyHint: true } },
    { annotations: { ...annotations, destructiveHint: false } },
    { annotations: { ...annotations, idempotentHint: true } },
    { annotations: { ...annotations, openWorldHint: false } },
    { annotations: { ...annotations, title: 'Forecast' } },
  ],
  manifest: [
    { manifest: manifest({ hosts: ['a.example'] }) },
    { manifest: manifest({ modules: ['os'] }) },
    { manifest: manifest({ packages: ['pyyaml==6.0.2'] }) },
    { manifest: manifest({ secrets: ['API_KEY'] }) },
  ],
  moduleLock: [
    { moduleLock: lock() },
    { moduleLock: lock({ sha256: 'b'.repeat(64) }) },
    { moduleLock: lock({ imports: ['yaml', '_yaml'] }) },
  ],
  timeoutMs: [{ timeoutMs: 30_001 }],
  queueWhenAway: [{ queueWhenAway: true }],
}

test.each(Object.entries(changes))('%s is covered by the hash', (_field, changed) => {
  for (const change of changed)
    expect(versionHash({ ...text, ...change })).not.toBe(versionHash(text))
})

test('a text of format 1 keeps the hash that its approval is bound to', () => {
  expect(versionHash(text, 1)).toBe(
    '490fb9b906cdbeea20e3ac177bc7b5d2c59119cbad23533c2a7b2a77c491eeba',
  )
})

test('a text of format 2 keeps the hash that its approval is bound to', () => {
  expect(versionHash(text, 2)).toBe(
    '184cb953e3a98b2124525af8d418ed4de3dd0a09e859aa2facd85c5674747d13',
  )
})

test('the hash is 64 hex digits, and never another one for the same text', () => {
  expect(versionHash(text)).toBe('5e49cd3c0453b0fddf8ce9482af774b2d5aeda7e44f32ee79bbde8ecf1d9216b')
})

test('what lies around a text, like its number or its author, does not change the hash', () => {
  const stored = { ...text, id: 'x', number: 7, state: 'live', createdBy: 'local' }
  expect(versionHash(stored)).toBe(versionHash(text))
})

test('the order of keys does not change the hash, at any depth', () => {
  const one = { a: 1, b: { c: [{ d: 1, e: 2 }], f: null } }
  const other = { b: { f: null, c: [{ e: 2, d: 1 }] }, a: 1 }
  expect(versionHash({ ...text, inputSchema: one })).toBe(
    versionHash({ ...text, inputSchema: other }),
  )
})

test('the order of a list does change the hash', () => {
  expect(canonicalJson(['a', 'b'])).not.toBe(canonicalJson(['b', 'a']))
})

test('a text cannot move from one field into the next and keep the hash', () => {
  const moved = { ...text, description: text.code, code: text.description }
  expect(versionHash(moved)).not.toBe(versionHash(text))
})

test('a hash outlives the way through JSON, with the characters that JSON must escape', () => {
  const odd = { ...text, inputSchema: { ' \0"\\\ud800': ['\u2028', -0, 1e21, 0.1] } }
  const read = { ...odd, inputSchema: JSON.parse(JSON.stringify(odd.inputSchema)) }
  expect(versionHash(read)).toBe(versionHash(odd))
})

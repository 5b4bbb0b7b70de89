import { expect, test } from 'vitest'
import { manifest, versionText } from '../../testing/tools.ts'
import { impurity } from './pure.ts'

const pure = versionText()

test('a version that names nothing is pure, new or in place of one that names nothing', () => {
  expect(impurity(pure, null)).toBeNull()
  expect(impurity(pure, pure)).toBeNull()
})

test.each([
  [{ hosts: ['a.example'] }, 'it uses the host a.example'],
  [{ modules: ['os'] }, 'it uses the module os'],
  [{ packages: ['one==1.0'] }, 'it uses the package one==1.0'],
  [{ secrets: ['KEY'] }, 'it uses the secret KEY'],
])('a version with %j is not', (lines, because) => {
  expect(impurity({ ...pure, manifest: manifest(lines) }, null)).toBe(because)
})

test('a version with wheels that its manifest does not name is not', () => {
  const moduleLock = { target: 'cp311 linux x86_64', packages: [] }
  expect(impurity({ ...pure, moduleLock }, null)).toBe('it brings packages')
})

test('a resource is not, which may be read in the place of another one', () => {
  const publication = { kind: 'resource', uri: 'notes://2{day}', mimeType: null } as const
  expect(impurity({ ...pure, publication }, null)).toContain('in the place of another one')
})

test('a version whose calls wait outside is not', () => {
  expect(impurity({ ...pure, queueWhenAway: true }, null)).toContain('would wait outside')
})

test('a version in the place of one that reaches something is not', () => {
  const live = { ...pure, manifest: manifest({ hosts: ['a.example'] }) }
  expect(impurity(pure, live)).toBe('it takes the place of a version that reaches more')
})

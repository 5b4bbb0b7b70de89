import { expect, test } from 'vitest'
import { Manifest } from './manifest.ts'

test('equal manifests are equal texts, in whatever order and however often a line was written', () => {
  const written = Manifest.parse({
    hosts: ['b.example', 'a.example', 'b.example'],
    modules: ['os', 'json', 'os'],
    secrets: ['B', 'A', 'B'],
  })
  expect(written).toEqual({
    hosts: ['a.example', 'b.example'],
    modules: ['json', 'os'],
    secrets: ['A', 'B'],
  })
})

test('a manifest in its normal form stays as it is', () => {
  const once = Manifest.parse({ hosts: ['z', 'a'], modules: ['re'], secrets: [] })
  expect(JSON.stringify(Manifest.parse(once))).toBe(JSON.stringify(once))
})

test.each([
  ['a list left out', { hosts: [], modules: [] }],
  ['a list it does not know', { hosts: [], modules: [], secrets: [], files: ['/etc/passwd'] }],
  ['a module that is no name', { hosts: [], modules: ['os; import sys'], secrets: [] }],
  ['a host that is a URL', { hosts: ['https://a.example'], modules: [], secrets: [] }],
  ['a host in another spelling', { hosts: ['A.example'], modules: [], secrets: [] }],
  ['a secret that is no name', { hosts: [], modules: [], secrets: ['api key'] }],
])('a manifest with %s is refused', (_what, manifest) => {
  expect(Manifest.safeParse(manifest).success).toBe(false)
})

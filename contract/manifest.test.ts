import { expect, test } from 'vitest'
import { EMPTY_MANIFEST, lineText, Manifest, narrowed } from './manifest.ts'

test('equal manifests are equal texts, in whatever order and however often a line was written', () => {
  const written = Manifest.parse({
    hosts: ['b.example', 'a.example', 'b.example'],
    modules: ['os', 'json', 'os'],
    packages: ['yarl==1.0', 'attrs==25.1.0', 'yarl==1.0'],
    secrets: ['B', 'A', 'B'],
  })
  expect(written).toEqual({
    hosts: ['a.example', 'b.example'],
    modules: ['json', 'os'],
    packages: ['attrs==25.1.0', 'yarl==1.0'],
    secrets: ['A', 'B'],
  })
})

test('a manifest in its normal form stays as it is', () => {
  const once = Manifest.parse({ hosts: ['z', 'a'], modules: ['re'], packages: [], secrets: [] })
  expect(JSON.stringify(Manifest.parse(once))).toBe(JSON.stringify(once))
})

test.each([
  ['a list left out', { hosts: [], modules: [], packages: [] }],
  ['a list it does not know', { ...EMPTY_MANIFEST, files: ['/etc/passwd'] }],
  ['a module that is no name', { ...EMPTY_MANIFEST, modules: ['os; import sys'] }],
  ['a host that is a URL', { ...EMPTY_MANIFEST, hosts: ['https://a.example'] }],
  ['a host in another spelling', { ...EMPTY_MANIFEST, hosts: ['A.example'] }],
  ['a package without a version', { ...EMPTY_MANIFEST, packages: ['pyyaml'] }],
  ['a package at a range', { ...EMPTY_MANIFEST, packages: ['pyyaml>=6'] }],
  ['a package from elsewhere', { ...EMPTY_MANIFEST, packages: ['x @ https://e.example/x.whl'] }],
  [
    'a package that is an option',
    { ...EMPTY_MANIFEST, packages: ['--index-url=https://e.example'] },
  ],
  ['a package that is a path', { ...EMPTY_MANIFEST, packages: ['../x==1'] }],
  ['a package in another spelling', { ...EMPTY_MANIFEST, packages: ['PyYAML==6.0.2'] }],
  ['a secret that is no name', { ...EMPTY_MANIFEST, secrets: ['api key'] }],
])('a manifest with %s is refused', (_what, manifest) => {
  expect(Manifest.safeParse(manifest).success).toBe(false)
})

const bound = { ...EMPTY_MANIFEST, hosts: ['*.a.example', 'b.example:81'] }

test('a secret may be bound to hosts of the manifest, and a name to more than one', () => {
  const secrets = ['KEY@b.example:81', 'KEY@x.a.example/authorization', 'OTHER']
  expect(Manifest.parse({ ...bound, secrets }).secrets).toEqual(secrets)
})

test.each([
  ['b.example', 'KEY@b.example'],
  ['a.example', 'KEY@a.example/x-key'],
])('a secret is not bound to %s, which the manifest does not name', (host, line) => {
  expect(Manifest.safeParse({ ...bound, secrets: [line] }).error?.issues).toMatchObject([
    {
      path: ['secrets'],
      message: `${line} sends a secret where the tool cannot go; add ${host} to its hosts`,
    },
  ])
})

test('a secret is read by the code or bound, never both', () => {
  const secrets = ['KEY', 'KEY@x.a.example']
  expect(Manifest.safeParse({ ...bound, secrets }).error?.issues).toMatchObject([
    { message: expect.stringContaining('keep only one of them') },
  ])
})

test('of a manifest is left what is kept, and no secret without a host to send it to', () => {
  const whole = Manifest.parse({
    hosts: ['a.example', 'b.example'],
    modules: ['os', 're'],
    packages: ['one==1.0', 'two==1.0'],
    secrets: ['A@a.example', 'B@b.example', 'READ'],
  })
  const without = (...lines: string[]) => narrowed(whole, (line) => !lines.includes(lineText(line)))
  expect(without()).toEqual(whole)
  expect(without('host a.example', 'module os')).toEqual({
    ...whole,
    hosts: ['b.example'],
    modules: ['re'],
    secrets: ['B@b.example', 'READ'],
  })
  expect(without('package two==1.0', 'secret READ')).toEqual({
    ...whole,
    packages: [],
    secrets: ['A@a.example', 'B@b.example'],
  })
  expect(narrowed(whole, () => false)).toEqual(EMPTY_MANIFEST)
})

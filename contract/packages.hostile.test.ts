import { expect, test } from 'vitest'
import { LockedPackage, ModuleLock, PackageFacts, PackagePin, unknownFacts } from './packages.ts'

test.each(['pyyaml==6.0.2', 'a==1', 'zope-interface==5.4.0.post1', 'numpy==2.0.0rc1'])(
  '%s is a package at one version',
  (pin) => {
    expect(PackagePin.parse(pin)).toBe(pin)
  },
)

test.each([
  ['an option', '--index-url==1'],
  ['an option with one dash', '-r==1'],
  ['an address', 'https://example.com/a.whl'],
  ['an address in the place of a version', 'a @ https://example.com/a.whl'],
  ['a version control system', 'git+https://example.com/a==1'],
  ['a path', '../a==1'],
  ['an absolute path', '/etc/passwd==1'],
  ['a file', './a.whl'],
  ['a range', 'a>=1'],
  ['every version', 'a==1.*'],
  ['two conditions', 'a==1,>0'],
  ['an extra', 'a[b]==1'],
  ['a marker', 'a==1;python_version>"3"'],
  ['a local version', 'a==1+b'],
  ['no version', 'a'],
  ['a space', 'a ==1'],
  ['a second line', 'a==1\n--index-url=x'],
  ['a second word', 'a==1 --pre'],
  ['a hash', 'a==1 --hash=sha256:0'],
  ['another spelling', 'PyYAML==6.0.2'],
  ['two dashes', 'a--b==1'],
  ['a letter of another alphabet', 'а==1'],
  ['a variable of the environment', '${HOME}==1'],
])('%s is none', (_, text) => {
  expect(PackagePin.safeParse(text).success).toBe(false)
})

test.each(['../x-1.whl', 'a/b-1.whl', 'a-1.tar.gz', '-r x.whl', 'a.whl\n'])(
  'a lock names no file such as %j',
  (wheel) => {
    const locked = { name: 'a', version: '1', wheel, sha256: 'a'.repeat(64), imports: [] }
    expect(LockedPackage.safeParse(locked).success).toBe(false)
  },
)

test('a lock with more than its fields is refused', () => {
  const lock = { target: 'cp311 linux x86_64', packages: [], also: 1 }
  expect(ModuleLock.safeParse(lock).success).toBe(false)
})

test('what an index says is cut to a size that a person reads', () => {
  const endless = 'x'.repeat(1_000_000)
  const told = { ...unknownFacts({ name: 'a' as never, version: '1' }), license: endless }
  const vulnerabilities = [{ id: endless, summary: endless }]
  const { license, vulnerabilities: found } = PackageFacts.parse({ ...told, vulnerabilities })
  expect(license).toHaveLength(200)
  expect(found).toEqual([{ id: 'x'.repeat(100), summary: 'x'.repeat(300) }])
})

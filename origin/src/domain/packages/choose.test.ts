import { expect, test } from 'vitest'
import { lockOf, ScriptedPackages } from '../../testing/scripted-packages.ts'
import { manifest, versionText } from '../../testing/tools.ts'
import { withPackages } from './choose.ts'
import { NamedPackage } from './named-package.ts'

function caller(packages = new ScriptedPackages()) {
  const signal = new AbortController().signal
  return {
    packages,
    lockPackages: (pins: Parameters<ScriptedPackages['lock']>[0]) =>
      packages.lock(pins, { news: () => undefined, signal }),
    packageFacts: (asked: Parameters<ScriptedPackages['facts']>[0]) => packages.facts(asked),
  }
}

const named = (...names: string[]) => names.map((name) => NamedPackage.parse(name))
const locked = (...pins: string[]) =>
  versionText({ manifest: manifest({ packages: pins }), moduleLock: lockOf(...pins) })

test('packages get their normal names, an order, and a lock', async () => {
  const call = caller()
  const names = named('Zope.Interface==5.4.0', 'PyYAML==6.0.2', 'pyyaml==6.0.2')
  const text = await withPackages(call, versionText(), names, null)
  expect(text.manifest.packages).toEqual(['pyyaml==6.0.2', 'zope-interface==5.4.0'])
  expect(text.moduleLock).toEqual(lockOf('pyyaml==6.0.2', 'zope-interface==5.4.0'))
})

test('the same packages keep the lock that they have', async () => {
  const call = caller()
  const before = locked('pyyaml==6.0.2')
  const kept = { ...lockOf('pyyaml==6.0.2'), target: 'chosen long ago' }
  const text = await withPackages(call, before, named('pyyaml==6.0.2'), {
    ...before,
    moduleLock: kept,
  })
  expect(text.moduleLock).toBe(kept)
  expect(call.packages.locked).toEqual([])
})

test('one more or one less has all of them chosen anew', async () => {
  const call = caller()
  const before = locked('pyyaml==6.0.2')
  await withPackages(call, before, named('pyyaml==6.0.2', 'rich==1'), before)
  await withPackages(call, before, named('pyyaml==6.0.3'), before)
  expect(call.packages.locked).toEqual([['pyyaml==6.0.2', 'rich==1'], ['pyyaml==6.0.3']])
})

test('no package needs no lock, and packages that are not spoken of stay', async () => {
  const before = locked('pyyaml==6.0.2')
  expect(await withPackages(caller(), before, [], before)).toMatchObject({
    manifest: { packages: [] },
    moduleLock: null,
  })
  expect(await withPackages(caller(), before, undefined, before)).toBe(before)
})

test('a missing version is refused, with the newest one where that is known', async () => {
  const call = caller()
  const ask = (name: string) => withPackages(call, versionText(), named(name), null)
  call.packages.known = { pyyaml: { exists: true, latest: '6.0.3' }, nope: { exists: false } }
  await expect(ask('PyYAML')).rejects.toThrow('write pyyaml==6.0.3')
  await expect(ask('nope')).rejects.toThrow('there is no package nope')
  await expect(ask('offline')).rejects.toThrow('not known here')
  expect(call.packages.locked).toEqual([])
})

test('two versions of one package, or what is no version, are refused', async () => {
  const ask = (...names: string[]) => withPackages(caller(), versionText(), named(...names), null)
  await expect(ask('a==1', 'A==2')).rejects.toThrow('a is named with two versions')
  await expect(ask('a==latest')).rejects.toThrow('latest is no version')
})

test('a tool in another language has none, and keeps none', async () => {
  const text = versionText({ language: 'typescript' })
  await expect(withPackages(caller(), text, named('a==1'), null)).rejects.toThrow('Python')
  const kept = { ...locked('a==1'), language: 'typescript' as const }
  await expect(withPackages(caller(), kept, undefined, kept)).rejects.toThrow('Python')
})

test('an import name is never taken for a package', async () => {
  const text = versionText({ manifest: manifest({ modules: ['os.path', '_ctypes', 'yaml'] }) })
  await expect(withPackages(caller(), text, [], null)).rejects.toThrow(
    /^yaml: not of the standard library.*`packages`/,
  )
})

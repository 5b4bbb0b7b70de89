import { expect, test } from 'vitest'
import { PackagePin, unknownFacts } from '#contract/packages.ts'
import { factsOf } from '../domain/packages/facts-of.ts'
import { lockOf } from '../testing/scripted-packages.ts'
import {
  type Answer,
  breakOff,
  hangUp,
  held,
  json,
  stream,
  tinySandbox,
} from '../testing/tiny-sandbox.ts'
import { versionText } from '../testing/tools.ts'
import { httpPackageSource } from './http-package-source.ts'

const PINS = [PackagePin.parse('a==1')]
const LOCK = lockOf('a==1')

async function source(...answers: Answer[]) {
  const sandbox = await tinySandbox(...answers)
  const packages = httpPackageSource({ url: sandbox.url, apiKey: 'key' })
  return { ...sandbox, packages }
}

function wanted(signal = new AbortController().signal) {
  const heard: string[] = []
  return { heard, how: { news: (message: string) => void heard.push(message), signal } }
}

test('a lock comes after its news', async () => {
  await using box = await source(
    stream(
      { type: 'heartbeat' },
      { type: 'progress', message: 'Collecting a' },
      { type: 'locked', lock: LOCK },
    ),
  )
  const { heard, how } = wanted()
  expect(await box.packages.lock(PINS, how)).toEqual(LOCK)
  expect(heard).toEqual(['Collecting a'])
  expect(box.heard).toMatchObject([{ path: '/module-locks', body: '{"packages":["a==1"]}' }])
})

test('a refusal is told in the sandbox’s words', async () => {
  await using box = await source(stream({ type: 'refused', message: 'there is no wheel' }))
  await expect(box.packages.lock(PINS, wanted().how)).rejects.toMatchObject({
    problem: { code: 'package_refused', message: 'There is no wheel.' },
  })
})

test.each([
  ['hangs up', hangUp],
  ['breaks off', breakOff],
  ['ends without an end', stream({ type: 'progress', message: 'so far' })],
])('a sandbox that %s is unreachable', async (_, answer) => {
  await using box = await source(answer)
  await expect(box.packages.lock(PINS, wanted().how)).rejects.toMatchObject({
    problem: { code: 'sandbox_unreachable' },
  })
})

test('one who gives up is told their own reason', async () => {
  await using box = await source(held({ type: 'progress', message: 'so far' }))
  const stop = new AbortController()
  const how = { news: () => stop.abort(new Error('enough')), signal: stop.signal }
  await expect(box.packages.lock(PINS, how)).rejects.toThrow('enough')
})

test('facts that nobody can give are unknown', async () => {
  const asked = { name: LOCK.packages[0]!.name, version: '1' }
  const version = versionText({ moduleLock: LOCK })
  const { signal } = new AbortController()
  await using down = await source(hangUp)
  expect(await factsOf(down.packages, version, signal)).toEqual([unknownFacts(asked)])
  await using up = await source(json([{ ...unknownFacts(asked), malware: ['MAL-1'] }]))
  expect(await factsOf(up.packages, version, signal)).toMatchObject([{ malware: ['MAL-1'] }])
})

import { expect, test } from 'vitest'
import { lockOf, ScriptedPackages } from '../../testing/scripted-packages.ts'
import { installAhead } from './install-ahead.ts'

test('the packages of a version that went live are made ready, where it has any', async () => {
  const packages = new ScriptedPackages()
  const faults: unknown[] = []
  const report = (fault: unknown) => void faults.push(fault)
  await installAhead(packages, { moduleLock: null }, report)
  await installAhead(packages, { moduleLock: lockOf('a==1') }, report)
  expect(packages.installed).toEqual([lockOf('a==1')])
  expect(faults).toEqual([])
})

test('a failure is reported, and nobody waits for it', async () => {
  const faults: unknown[] = []
  const offline = { install: () => Promise.reject(new Error('there is no index')) }
  const moduleLock = lockOf('a==1')
  await installAhead(offline, { moduleLock }, (fault) => void faults.push(fault))
  expect(faults).toMatchObject([{ message: 'there is no index' }])
})

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ChildProcess } from 'node:child_process'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startSandbox } from './child.ts'
import { httpSandbox } from './http-sandbox.ts'

const apiKey = 'k'.repeat(32)
const children: ChildProcess[] = []
const remember = (message: unknown) => {
  children.push((message as { process: ChildProcess }).process)
}
beforeEach(() => {
  children.length = 0
  subscribe('child_process', remember)
})
afterEach(() => {
  unsubscribe('child_process', remember)
})

const env = (more: NodeJS.ProcessEnv = {}) => ({ PATH: process.env['PATH'], ...more })

test('a sandbox that refuses to start says why in its own words', async () => {
  const refusal = startSandbox({
    port: 0,
    apiKey: 'short',
    env: env({ MCPBOX_SANDBOX_MIN: 'S9' }),
    onFault: () => {},
  })
  await expect(refusal).rejects.toThrow(
    /^The sandbox did not start\.\n.*MCPBOX_SANDBOX_MIN is not one of/s,
  )
  await expect(refusal).rejects.toThrow('SANDBOX_API_KEY is too short')
  expect(children).toHaveLength(1)
})

test('a sandbox that was killed is started again at the same address, until it is let go', async () => {
  const faults: unknown[] = []
  const sandbox = await startSandbox({
    port: 0,
    apiKey,
    env: env({ MCPBOX_SANDBOX_MIN: 'S1' }),
    onFault: (fault) => void faults.push(fault),
  })
  const client = httpSandbox({ url: sandbox.url, apiKey })
  const boot = async () => (await client.health(AbortSignal.timeout(5_000))).boot_id
  const first = await boot()
  expect(sandbox.isolation.level).toMatch(/^[SM]\d$/)
  children[0]?.kill('SIGKILL')
  await vi.waitFor(async () => expect(await boot()).not.toBe(first), { timeout: 30_000 })
  expect(faults).toMatchObject([{ message: expect.stringContaining('SIGKILL') }])
  await sandbox[Symbol.asyncDispose]()
  await expect(boot()).rejects.toMatchObject({ problem: { code: 'sandbox_unreachable' } })
  expect(children).toHaveLength(2)
}, 60_000)

test('what the environment holds for other programs does not reach the sandbox', async () => {
  const refusal = startSandbox({
    port: 0,
    apiKey: 'short',
    env: env({ NODE_OPTIONS: '--require=/nowhere.cjs', SANDBOX_PORT: 'nonsense' }),
    onFault: () => {},
  })
  await expect(refusal).rejects.toThrow(
    /^The sandbox did not start\.\nSANDBOX_API_KEY is too short/,
  )
})

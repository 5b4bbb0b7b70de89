import { afterEach, expect, it, vi } from 'vitest'
import { inspectMachine } from './machine.ts'

afterEach(() => vi.restoreAllMocks())

it.each([
  ['darwin', 'arm64'],
  ['win32', 'x64'],
  ['linux', 'riscv64'],
] as const)('refuses %s on %s in one sentence, whatever is asked for', async (platform, arch) => {
  vi.spyOn(process, 'platform', 'get').mockReturnValue(platform)
  vi.spyOn(process, 'arch', 'get').mockReturnValue(arch)
  await expect(inspectMachine(null, {})).rejects.toThrow(
    `there is no isolation for ${platform} on ${arch}; use Linux on x64 or arm64`,
  )
})

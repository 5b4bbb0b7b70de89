import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { machine } from '../testing/sandbox.ts'
import { fetchingEnvironment } from './environment.ts'
import { fetcher } from './fetcher.ts'

const { signal } = new AbortController()

it('an interpreter without pip says what to install', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mcpbox-bare-'))
  try {
    await chmod(folder, 0o755)
    execFileSync(machine.interpreter.executable, ['-m', 'venv', '--without-pip', folder])
    const bare = fetcher(join(folder, 'bin', 'python'), { ...machine, env: process.env })
    const work = { part: 'pip', args: [], writes: null, timeoutMs: 20_000, signal } as const
    await expect(bare.run(work)).rejects.toThrow(/apt install python3-pip.*-m ensurepip/)
  } finally {
    await rm(folder, { recursive: true })
  }
})

it('what takes too long is ended, and says so', async () => {
  const own = fetcher(machine.interpreter.executable, { ...machine, env: process.env })
  const work = { part: 'wheels', args: ['/'], writes: null, timeoutMs: 1, signal } as const
  await expect(own.run(work)).rejects.toThrow('not there after 0.001 s')
})

it('no secret of the sandbox is in the environment of what fetches', () => {
  const env = {
    PATH: '/bin',
    HOME: '/home/owner',
    SANDBOX_API_KEY: 'hunter2',
    MCPBOX_ENCRYPTION_KEY: 'hunter2',
    AWS_SECRET_ACCESS_KEY: 'hunter2',
    PIP_INDEX_URL: 'http://index.example/simple',
    https_proxy: 'http://proxy.example',
  }
  const { PIP_INDEX_URL, https_proxy } = env
  expect(fetchingEnvironment(env, { asRoot: false, scratch: '/tmp/x' })).toEqual({
    PATH: '/bin',
    HOME: '/home/owner',
    TMPDIR: '/tmp/x',
    PIP_INDEX_URL,
    https_proxy,
  })
  expect(fetchingEnvironment(env, { asRoot: true, scratch: '/tmp/x' })['HOME']).toBe('/tmp/x')
})

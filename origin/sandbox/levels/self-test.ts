import { EMPTY_MANIFEST } from '#contract/manifest.ts'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { ModuleName } from '#contract/names.ts'
import type { IsolationLevel, Outcome, SelfTest } from '#contract/sandbox.ts'
import { NOBODY, type Run } from '../calls/run.ts'
import { fileCanary, serverCanary, udpCanary } from './canaries.ts'
import { LEFTOVERS, PTRACE, TRIES } from './self-test-programs.ts'
import { USUAL_LIMITS } from './prove.ts'

const MODULES = ['ctypes', 'gc', 'os', 'socket'].map((name) => ModuleName.parse(name))
const Seen = z.record(z.string(), z.string())
const REFUSED = 'refused'

/**
 * Tries the forbidden, as a tool that has every module granted, against a file, servers and a
 * process that are there to be reached. What is `passed` was refused by the kernel just now, and
 * left no trace on this side.
 */
export async function testSelf(run: Run, level: IsolationLevel): Promise<SelfTest> {
  await using file = await fileCanary()
  const byPath = join(file.folder, 'socket')
  const abstract = `canary-${randomUUID()}`
  await using tcp = await serverCanary({ host: '127.0.0.1', port: 0 })
  await using udp = await udpCanary()
  await using named = await serverCanary({ path: byPath, readableAll: true, writableAll: true })
  await using unnamed = await serverCanary({ path: `\0${abstract}` })
  const before = await file.state()
  const secret = randomUUID()
  const halves = { first: secret.slice(0, 8), second: secret.slice(8) }

  const [tries, ptrace] = await Promise.all([
    callOf(run, TRIES, {
      input: {
        path: file.path,
        folder: file.folder,
        tcp: tcp.port,
        udp: udp.port,
        by_path: byPath,
        abstract,
        pid: process.pid,
      },
      secrets: { CANARY: secret },
    }),
    callOf(run, PTRACE, { input: { pid: process.pid } }),
  ])
  const leftovers = await callOf(run, LEFTOVERS, { input: halves })

  const visited = [tcp, udp, named, unnamed].some((canary) => canary.visits() > 0)
  const seen: Record<string, string> = {
    ...(tries.kind === 'ok' ? Seen.parse(tries.value) : { tries: describe(tries) }),
    ...(leftovers.kind === 'ok' ? Seen.parse(leftovers.value) : { leftovers: describe(leftovers) }),
    ptrace:
      ptrace.kind === 'killed' && ptrace.reason === 'forbidden_call' ? REFUSED : describe(ptrace),
    'no visit to a server': visited ? 'one was visited' : REFUSED,
    'no change to a file': (await file.state()) === before ? REFUSED : 'it changed',
    'a level as promised':
      'isolation' in tries && tries.isolation?.level === level ? REFUSED : 'no',
  }
  const names = Object.keys(seen)
  return {
    passed: names.filter((name) => seen[name] === REFUSED),
    failed: names.filter((name) => seen[name] !== REFUSED).map((name) => `${name}: ${seen[name]}`),
    checked_at: new Date().toISOString(),
  }
}

type Given = { input: Record<string, string | number>; secrets?: Record<string, string> }

function callOf(run: Run, code: string, { input, secrets = {} }: Given): Promise<Outcome> {
  const manifest = { ...EMPTY_MANIFEST, modules: MODULES }
  const version = {
    hash: 'self-test',
    language: 'python' as const,
    code,
    manifest,
    module_lock: null,
  }
  return run(
    {
      run_id: 'self-test',
      version,
      input,
      secrets,
      bound_secrets: [],
      withdrawals: [],
      answered_by: 'network',
      limits: USUAL_LIMITS,
    },
    NOBODY,
    new AbortController().signal,
  )
}

function describe(outcome: Outcome): string {
  if (outcome.kind === 'failed') return `${outcome.failure.type}: ${outcome.failure.message}`
  return 'message' in outcome ? outcome.message : outcome.kind
}

import { describe, expect, it } from 'vitest'
import type { Outcome } from '#contract/sandbox.ts'
import { attack } from '../testing/attack.ts'
import { python } from '../testing/programs.ts'
import { formableLevels, machine, sandboxAt } from '../testing/sandbox.ts'

function causeOf(outcome: Outcome): string {
  if (outcome.kind === 'failed') return outcome.failure.type
  return outcome.kind === 'killed' ? outcome.reason : outcome.kind
}

describe.each(formableLevels)('resources at %s', { concurrent: true }, (level) => {
  const sandbox = sandboxAt(level)

  it('take all memory, by objects and by mappings', async () => {
    const objects = 'def main():\n  hoard = []\n  while True: hoard.append(bytearray(1 << 20))'
    expect(await attack(sandbox, objects)).toMatchObject({ failure: { type: 'MemoryError' } })
    const mappings = python`
      import ctypes
      def main():
          libc = ctypes.CDLL(None)
          libc.mmap.restype = ctypes.c_long
          return sum(libc.mmap(None, 1 << 20, 3, 0x22, -1, 0) != -1 for _ in range(1024)) < 256
    `
    expect(await attack(sandbox, mappings)).toMatchObject({ kind: 'ok', value: true })
  })

  it('take all threads', async () => {
    const code = python`
      import threading
      def main():
          wait = threading.Event()
          while True: threading.Thread(target=wait.wait, daemon=True).start()
    `
    expect(await attack(sandbox, code)).toMatchObject({
      kind: 'failed',
      failure: { type: 'RuntimeError', message: 'a tool may have 128 threads at a time' },
    })
  })

  it('take all threads, past the library', async () => {
    const code = python`
      import _thread, time
      def main():
          for count in range(100_000):
              try:
                  _thread.start_new_thread(time.sleep, (60,))
              except RuntimeError:
                  return count
    `
    const outcome = await attack(sandbox, code, { modules: ['_thread'] })
    expect(outcome).toMatchObject({ kind: 'ok', value: expect.any(Number) as number })
    // A user of its own counts exactly; otherwise it is the address space that ends it.
    const most = machine.asRoot ? 256 : 512
    expect(outcome.kind === 'ok' && Number(outcome.value)).toBeLessThan(most)
  })

  it('take all descriptors', async () => {
    const code = 'import os\ndef main():\n  while True: os.pipe()'
    expect(await attack(sandbox, code)).toMatchObject({
      failure: {
        type: 'OSError',
        message: expect.stringContaining('Too many open files') as string,
      },
    })
  })

  it('fill the disk', async () => {
    const code = python`
      import os
      def main():
          written = 0
          try:
              for name in range(100):
                  with open(f'/tmp/{name}', 'wb', buffering=0) as file:
                      for _ in range(64):
                          written += file.write(bytes(1 << 20))
          except OSError:
              return written <= 16 << 20
    `
    expect(await attack(sandbox, code)).toMatchObject({ kind: 'ok', value: true })
  })

  it('fill the table of files', async () => {
    const code = python`
      def main():
          try:
              for name in range(100_000):
                  open(f'/tmp/{name}', 'w').close()
          except OSError:
              return name <= 1024
    `
    expect(await attack(sandbox, code)).toMatchObject({ kind: 'ok', value: true })
  })

  it('print without end', async () => {
    const code = 'import os\ndef main():\n  while True: os.write(1, bytes(1 << 16))'
    expect(await attack(sandbox, code)).toMatchObject({
      kind: 'killed',
      reason: 'output_flood',
      stdout: { truncated: true },
    })
  })

  it('report without end', async () => {
    const code = 'def main():\n  while True: ctx.log("x" * 10_000)'
    const { outcome, events } = await sandbox.run(code)
    expect(outcome).toMatchObject({ kind: 'killed', reason: 'output_flood' })
    expect(events.length).toBeGreaterThan(0)
  })

  it('exhaust the stack of the interpreter’s own C code', async () => {
    const code = python`
      import sys
      def main():
          sys.setrecursionlimit(10**9)
          value = []
          for _ in range(10**6): value = [value]
          return repr(value)
    `
    // Python 3.12 counts the depth of C code too and raises; before, the stack ends it.
    expect(['crashed', 'RecursionError']).toContain(causeOf(await attack(sandbox, code)))
  })

  it('compute one enormous number', async () => {
    const code = 'def main():\n  return len(str(10 ** 10 ** 9))'
    const outcome = await attack(sandbox, code, { limits: { timeout_ms: 500 } })
    expect(['timed_out', 'failed']).toContain(outcome.kind)
  })

  it('leave the next call less', async () => {
    expect(await attack(sandbox, 'def main(): return 1')).toMatchObject({ kind: 'ok', value: 1 })
  })
})

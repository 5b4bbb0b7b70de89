import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

const INSIDE = fileURLToPath(new URL('../../origin/sandbox/python', import.meta.url))

/**
 * fork, _exit and wait of an interpreter that has loaded what our fork server has, by os.fork as it
 * is: one after the other, or four at a time.
 */
const PROGRAM = `
import gc, json, os, resource, sys, time
sys.path.insert(0, sys.argv[1])
from inside.tool.preload import preload
preload()
gc.collect()
gc.freeze()
def fork():
    child = os.fork()
    if child == 0:
        os._exit(0)
    return child
def timed():
    began = time.perf_counter()
    os.waitpid(fork(), 0)
    return (time.perf_counter() - began) * 1000
def serial(count):
    return {'ms': [timed() for _ in range(count)]}
def cpu():
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(use.ru_utime + use.ru_stime for use in uses) * 1000
def overlapped(count):
    began, used = time.perf_counter(), cpu()
    for n in range(count + 4):
        if n < count: fork()
        if n >= 4: os.waitpid(-1, 0)
    return {'rate': count / (time.perf_counter() - began), 'cpu_ms': (cpu() - used) / count}
serial(30)
for line in sys.stdin:
    way, count = line.split()
    print(json.dumps({'serial': serial, 'overlapped': overlapped}[way](int(count))), flush=True)
`

const Serial = z.object({ ms: z.array(z.number()) })
const Overlapped = z.object({ rate: z.number(), cpu_ms: z.number() })

export type Floor = AsyncDisposable & {
  /** Milliseconds of each of so many forks, one after the other. */
  serial(count: number): Promise<number[]>
  /** So many forks, four at a time: how many a second, and processor time of each. */
  overlapped(count: number): Promise<z.infer<typeof Overlapped>>
}

/** The floor, to be asked again and again beside what is compared with it. */
export function startFloor(executable: string): Floor {
  const started = spawn(executable, ['-I', '-S', '-X', 'utf8', '-c', PROGRAM, INSIDE], {
    env: {},
    cwd: '/',
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: started.stdout })[Symbol.asyncIterator]()
  async function ask(way: string, count: number): Promise<unknown> {
    started.stdin.write(`${way} ${count}\n`)
    const { value } = await lines.next()
    return JSON.parse(String(value))
  }
  return {
    serial: async (count) => Serial.parse(await ask('serial', count)).ms,
    overlapped: async (count) => Overlapped.parse(await ask('overlapped', count)),
    async [Symbol.asyncDispose]() {
      const closed = once(started, 'close')
      started.stdin.end()
      await closed
    },
  }
}

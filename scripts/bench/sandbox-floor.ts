import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { z } from 'zod'

const INSIDE = fileURLToPath(new URL('../../origin/sandbox/python', import.meta.url))

/** fork, _exit and wait of an interpreter that has loaded what our fork server has. */
const PROGRAM = `
import gc, json, os, sys, time
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
for _ in range(30): timed()
serial = [timed() for _ in range(300)]
began = time.perf_counter()
waiting = 0
for _ in range(800):
    fork()
    waiting += 1
    if waiting == 4:
        os.waitpid(-1, 0)
        waiting -= 1
for _ in range(waiting): os.waitpid(-1, 0)
rate = 800 / (time.perf_counter() - began)
print(json.dumps({'serial': sorted(serial), 'rate': rate}))
`

const Floor = z.object({ serial: z.array(z.number()), rate: z.number() })

/** Milliseconds of each fork in order of size, and forks per second when they overlap. */
export async function measureFloor(executable: string): Promise<z.infer<typeof Floor>> {
  const flags = ['-I', '-S', '-X', 'utf8', '-c', PROGRAM, INSIDE]
  const { stdout } = await promisify(execFile)(executable, flags, { env: {}, cwd: '/' })
  return Floor.parse(JSON.parse(stdout))
}

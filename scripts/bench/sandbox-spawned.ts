import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { encodeFrame, frameDecoder } from '../../origin/sandbox/process/frames.ts'
import { orderFor, type ChildLimits, type Plan } from '../../origin/sandbox/process/plan.ts'

const INSIDE = fileURLToPath(new URL('../../origin/sandbox/python', import.meta.url))

/** The steps of the fork server and of its child in one process, without what serves many calls. */
const PROGRAM = `
import os, sys
sys.path.insert(0, sys.argv[1])
from inside import warden
from inside.channel import Channel
from inside.confine import seccomp
from inside.confine.harden import enclose, harden, isolate
from inside.plan import Order, Plan
from inside.tool.run import run
del sys.path[0]
channel = Channel(3)
plan, order = Plan.parse(channel.receive()), Order.parse(channel.receive())
layers, before = isolate(plan)
warden.die_with_parent()
warden.split(3)
enclosed, meeting = enclose(plan, before)
layers = layers + enclosed + harden(plan, order)
os.close(meeting)
if plan.seal is not None: layers += seccomp.seal(plan.seal)
channel.send({'type': 'hello', 'layers': layers})
run(channel, channel.receive())
os._exit(0)
`

/**
 * One call the way that needs no fork server: an interpreter of its own, spawned and confined for
 * it with the same layers. Resolves with the answer's value.
 */
export async function callSpawned(
  executable: string,
  plan: Plan,
  limits: ChildLimits,
  task: object,
): Promise<unknown> {
  const child = spawn(executable, ['-I', '-S', '-u', '-X', 'utf8', '-c', PROGRAM, INSIDE], {
    cwd: '/',
    env: {},
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  })
  const channel = child.stdio[3] as Duplex
  const decode = frameDecoder({ bytes: 10_000, depth: 16 })
  const answered = Promise.withResolvers<unknown>()
  channel.on('data', (chunk: Buffer) => {
    for (const frame of decode(chunk)) {
      const message = frame.message as { type: string; value?: unknown }
      if (message.type === 'hello') channel.write(encodeFrame(task))
      else if (message.type === 'result') answered.resolve(message.value)
      else answered.reject(new Error(JSON.stringify(message)))
    }
  })
  const ended = once(child, 'close')
  channel.write(encodeFrame(plan))
  channel.write(
    encodeFrame(
      orderFor({
        key: '',
        limits,
        modules: [],
        language: 'python',
        identity: plan.call_ids?.[0] ?? null,
      }),
    ),
  )
  const value = await answered.promise
  void ended
  return value
}

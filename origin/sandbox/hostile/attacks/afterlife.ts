import { alike, type Family } from './attack.ts'

/** What a tool leaves behind to go off after its answer. Whatever it is, the answer stands. */
const BOMBS = {
  'a finalizer': 'class Bomb:\n    def __del__(self): late()\nbomb = Bomb()',
  'a finalizer in a cycle':
    'class Bomb:\n    def __del__(self): late()\nbomb = Bomb()\nbomb.itself = bomb\ndel bomb',
  'a weak reference with a callback':
    'import weakref\nclass Bomb: pass\nbomb = Bomb()\nkept = weakref.ref(bomb, late)',
  'weakref.finalize':
    'import weakref\nclass Bomb: pass\nbomb = Bomb()\nweakref.finalize(bomb, late)',
  'an exit handler': 'import atexit\natexit.register(late)',
  'an exit handler of the threads': 'import threading\nthreading._register_atexit(late)',
  'a thread': 'import threading\nthreading.Thread(target=late).start()',
  'a thread of C': 'import _thread\n_thread.start_new_thread(late, ())',
  'a timer': 'import threading\nthreading.Timer(0.01, late).start()',
  'a task of its loop':
    'import asyncio\nasync def wait():\n    try: await asyncio.sleep(60)\n    finally: late()\nasyncio.get_event_loop_policy().get_event_loop().create_task(wait())',
  'a generator that cleans up':
    'def cleaning():\n    try: yield\n    finally: late()\nopened = cleaning()\nnext(opened)',
  'a hook for what cannot be raised':
    'import sys\nclass Bomb:\n    def __del__(self): raise Exception\nsys.unraisablehook = late\nbomb = Bomb()',
  'a trace function': 'import sys, threading\nthreading.settrace(late)\nsys.setprofile(None)',
} as const

/** `late` waits until the answer is out, then forges another one and never comes back. */
function armed(bomb: string): string {
  return `import json, os, struct, time
def late(*seen):
    body = json.dumps({'type': 'result', 'value': 'forged'}).encode()
    time.sleep(0.02)
    try: os.write(3, struct.pack('>I', len(body)) + body)
    except OSError: pass
    time.sleep(600)
${bomb}
def main(path, folder, pid): return 'mine'
`
}

/** Goes off before the answer, too, and in the runner: whose words come out is up to the tool. */
const ALARM =
  'import signal\nsignal.signal(signal.SIGALRM, late)\nsignal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)'

export const afterlife: Family = {
  ...alike(BOMBS, armed, ['value "mine"']),
  'an alarm': {
    code: armed(ALARM),
    ends: ['value "mine"', 'value "forged"', 'crashed', 'timed_out'],
  },
}

import { readdir } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { CALL_ID_SUPPLY, CALL_IDS } from '../process/call-ids.ts'
import { strongest as sandbox } from '../testing/sandbox.ts'
import { attack } from '../testing/attack.ts'
import { orphans } from '../testing/orphans.ts'
import { zygotes } from '../testing/zygotes.ts'

const ORDINARY = [
  'async def main(): return {"sum": 1 + 2}',
  'def main():\n  print("x" * 20_000)\n  return "x" * 50_000',
  'def main():\n  with open("/tmp/x", "w") as file: file.write("x" * 1000)',
  'def main(): raise ValueError("no")',
  'import threading\ndef main(): threading.Thread(target=threading.Event().wait).start()',
]
const ATTACKS = [
  'import os\ndef main(): os._exit(3)',
  'import os\ndef main(): os.closerange(0, 64)',
  'import ctypes\ndef main(): ctypes.CDLL(None).ptrace(16, 1, 0, 0)',
  'def main():\n  while True: print("x" * 1_000_000)',
  'import os\ndef main():\n  while True: os.pipe()',
]
const CALLS = 1_000
const CALLERS = 8

/** Descriptors of this process, without the one that counts them. */
async function descriptors(): Promise<number> {
  return (await readdir('/proc/self/fd')).length
}

async function callMany(count: number): Promise<number> {
  let next = 0
  let answered = 0
  const caller = async () => {
    for (let at = next++; at < count; at = next++) {
      const attacking = at % 10 === 0
      const programs = attacking ? ATTACKS : ORDINARY
      const code = programs[Math.floor(at / (attacking ? 10 : 1)) % programs.length]!
      const outcome = await attack(sandbox, code, { limits: { timeout_ms: 10_000 } })
      if (outcome.kind !== 'refused') answered++
    }
  }
  await Promise.all(Array.from({ length: CALLERS }, caller))
  return answered
}

/** How many users calls could still be. Takes them all. */
function usersLeft(): number {
  let count = 0
  while (CALL_ID_SUPPLY.take() !== null) count++
  return count
}

function heldBytes(): number {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

it('a thousand mixed calls leave no process, no file, no descriptor, no user, and memory flat', async () => {
  await callMany(100)
  const before = { descriptors: await descriptors(), held: heldBytes() }
  expect(await callMany(CALLS)).toBe(CALLS)
  await expect.poll(zygotes, { timeout: 10_000 }).toHaveLength(1)
  await expect.poll(orphans, { timeout: 10_000 }).toEqual([])
  // A fork server has a control channel and a complaint; each waiting child two connections.
  await expect.poll(descriptors, { timeout: 10_000 }).toBeLessThanOrEqual(before.descriptors + 20)
  await sandbox.forkServer[Symbol.asyncDispose]()
  expect(await zygotes()).toEqual([])
  expect(usersLeft()).toBe(CALL_IDS)
  // Garbage included: what is kept of each call would be far more.
  expect(heldBytes() - before.held).toBeLessThan(CALLS * 60_000)
}, 120_000)

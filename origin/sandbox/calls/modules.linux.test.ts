import { describe, expect, it } from 'vitest'
import { strongest } from '../testing/sandbox.ts'

async function imported(statement: string, modules: string[] = []) {
  const code = `${statement}\ndef main(): return 'it is there'\n`
  return (await strongest.run(code, { modules })).outcome
}

describe(
  'of the default modules, what starts processes or opens sockets',
  { concurrent: true },
  () => {
    it.each([
      'from asyncio import create_subprocess_exec',
      'from asyncio import subprocess',
      'from asyncio import open_connection',
      'import asyncio.subprocess',
      'import asyncio.streams as streams',
      'import asyncio; asyncio.create_subprocess_shell',
      'import asyncio.queues; asyncio.start_server',
      'from concurrent.futures import ProcessPoolExecutor',
      'import concurrent.futures; concurrent.futures.ProcessPoolExecutor',
      'from concurrent import futures; futures.ProcessPoolExecutor',
      'import concurrent.futures.process',
    ])('is not there: %s', async (statement) => {
      expect(await imported(statement)).toMatchObject({
        kind: 'failed',
        failure: { type: expect.stringMatching(/^(ImportError|AttributeError)$/) as string },
      })
    })

    it.each([
      'import asyncio; asyncio.gather, asyncio.TaskGroup, asyncio.timeout, asyncio.to_thread',
      'from asyncio import *; gather',
      'from asyncio import Queue, Lock, sleep',
      'import asyncio.queues; asyncio.queues.Queue',
      'from concurrent.futures import ThreadPoolExecutor, as_completed',
      'import concurrent.futures; concurrent.futures.ThreadPoolExecutor',
      'import operator, inspect, logging, threading, queue, io',
    ])('all else is: %s', async (statement) => {
      expect(await imported(statement)).toMatchObject({ kind: 'ok', value: 'it is there' })
    })

    it('is shown where a person approved the module itself; the kernel refuses its use', async () => {
      const code = `
import asyncio
async def main():
    await asyncio.create_subprocess_exec('/bin/true')
`
      const { outcome } = await strongest.run(code, { modules: ['asyncio'] })
      expect(outcome).toMatchObject({ kind: 'failed' })
      expect(JSON.stringify(outcome)).not.toContain('has no attribute')
    })
  },
)

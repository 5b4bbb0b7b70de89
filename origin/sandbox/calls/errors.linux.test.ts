import { describe, expect, it } from 'vitest'
import { python } from '../testing/programs.ts'
import { strongest as sandbox } from '../testing/sandbox.ts'

/** Whatever goes wrong in a tool is told by the tool's own lines, and by nothing of ours. */

const OURS = /inside|launch\.py|run_until_complete|_convert|<string>", line \d+, in __init__/

async function told(code: string) {
  const { outcome } = await sandbox.run(code)
  if (outcome.kind !== 'failed') throw new Error(`it ended as ${outcome.kind}`)
  expect(outcome.failure.traceback).not.toMatch(OURS)
  return outcome.failure
}

describe('an error shows', { concurrent: true }, () => {
  it('the lines of the tool and nothing of ours', async () => {
    const { traceback } = await told(python`
      import json
      def inner(text):
          return json.loads(text)
      async def main():
          try:
              inner('{')
          except ValueError as error:
              raise RuntimeError('outer') from error
    `)
    expect(traceback).toContain('File "tool.py", line 3, in inner\n    return json.loads(text)')
    expect(traceback).toContain('File "tool.py", line 8, in main')
    expect(traceback).toContain('json/decoder.py')
  })

  it('the line of a syntax error', async () => {
    const failure = await told('x = 1\ndef main(:\n')
    expect(failure).toMatchObject({ type: 'SyntaxError', message: 'invalid syntax (line 2)' })
    expect(failure.traceback).not.toContain('Traceback')
  })

  it('that `main` is missing', async () => {
    expect(await told('x = 1')).toMatchObject({ message: 'the tool has no function `main`' })
  })

  it('something even when the exception resists', async () => {
    const { type, message } = await told(python`
      class Mute(Exception):
          def __str__(self): raise RuntimeError('no')
      def main(): raise Mute
    `)
    expect({ type, message }).toEqual({
      type: 'Mute',
      message: '<the message could not be made: RuntimeError>',
    })
  })
})

describe('a traceback', { concurrent: true }, () => {
  it('goes through decorators', async () => {
    const { traceback } = await told(python`
      import functools
      def checked(function):
          @functools.wraps(function)
          async def inner(*args):
              return await function(*args)
          return inner
      @checked
      async def main():
          raise ValueError('x')
    `)
    expect(traceback).toMatch(/line 5, in inner[^]*line 9, in main\n {4}raise ValueError\('x'\)/)
  })

  it('goes into generators', async () => {
    const { traceback } = await told(python`
      def items():
          yield 1
          raise ValueError('x')
      def main():
          return {'items': items()}
    `)
    expect(traceback).toBe(
      python`
      Traceback (most recent call last):
        File "tool.py", line 3, in items
          raise ValueError('x')
      ValueError: x
    `.replace(/ +$/, ''),
    )
  })

  it('shows every exception of a group', async () => {
    const { type, traceback } = await told(python`
      import asyncio
      async def part(n):
          raise ValueError(f'part {n}')
      async def main():
          async with asyncio.TaskGroup() as group:
              for n in range(2):
                  group.create_task(part(n))
    `)
    expect(type).toBe('ExceptionGroup')
    expect(traceback).toMatch(/line 3, in part[^]*ValueError: part 0[^]*line 3, in part[^]*part 1/)
  })

  it('shows a chain, whichever way it came about', async () => {
    const { traceback } = await told(python`
      def main():
          try:
              try:
                  {}['a']
              except KeyError as error:
                  raise ValueError('b') from error
          except ValueError:
              raise RuntimeError('c')
    `)
    expect(traceback).toMatch(
      /line 4[^]*KeyError: 'a'[^]*direct cause[^]*line 6[^]*During handling[^]*line 8[^]*Error: c\n$/,
    )
  })

  it('leaves out what we raised and caught ourselves', async () => {
    const { traceback } = await told(python`
      import urllib.request
      def main():
          urllib.request.urlopen('https://example.com/')
    `)
    expect(traceback).toMatch(/^Traceback[^]*line 3, in main/)
    expect(traceback.match(/Traceback/g)).toHaveLength(1)
  })

  it('shortens a recursion', async () => {
    const { type, traceback } = await told('def f(n): return f(n + 1)\ndef main(): return f(0)')
    expect(type).toBe('RecursionError')
    expect(traceback).toMatch(/line 1, in f[^]*Previous line repeated \d+ more times/)
    expect(traceback.length).toBeLessThan(1_000)
  })

  it('has an end when the chain has none, or is very long', async () => {
    const long = python`
      def main():
          error = ValueError('first')
          for n in range(5000):
              error, last = ValueError(n), error
              error.__cause__ = last
          raise error
    `
    expect((await told(long)).message).toBe('4999')
    const round = python`
      def main():
          a, b = ValueError('a'), ValueError('b')
          a.__cause__, b.__cause__ = b, a
          raise a
    `
    expect((await told(round)).traceback).toContain('ValueError: a')
    const deep = python`
      def main():
          error = ValueError('first')
          for n in range(5000):
              error = ExceptionGroup(str(n), [error])
          raise error
    `
    expect((await told(deep)).message).toBe('4999 (1 sub-exception)')
  })
})

describe('a message', { concurrent: true }, () => {
  it('of text that the tool compiled itself names that text', async () => {
    const { message, traceback } = await told('def main():\n    exec("x = (")')
    expect(message).toBe("'(' was never closed (<string>, line 1)")
    expect(traceback).toContain('File "tool.py", line 2, in main')
  })

  it('about a log entry speaks of the value that was logged', async () => {
    const { message, traceback } = await told('def main():\n    ctx.log([object()])')
    expect(message).toBe('the value at $[0] is an object of type object, which JSON cannot express')
    expect(traceback).toContain('line 2, in main\n    ctx.log([object()])')
  })
})

it('what goes wrong beside the call is printed, without a word of ours', async () => {
  const { outcome } = await sandbox.run(python`
    import threading
    class Loud:
        def __del__(self): raise ValueError('in del')
    async def forgotten(): pass
    async def main():
        Loud()
        thread = threading.Thread(target=lambda: 1 / 0)
        thread.start()
        thread.join()
        return [forgotten()]
  `)
  if (outcome.kind !== 'failed') throw new Error(outcome.kind)
  const { text } = outcome.stdout
  expect(outcome.failure.message).toContain('at $[0] is an object of type coroutine')
  expect(text).toContain('line 3, in __del__\nValueError: in del')
  expect(text).toContain('File "tool.py", line 7, in <lambda>')
  expect(text).toContain("RuntimeWarning: coroutine 'forgotten' was never awaited")
  expect(text).not.toMatch(OURS)
})

it('a warning shows the line that it warns about', async () => {
  const { outcome } = await sandbox.run(
    'import warnings\ndef main():\n    warnings.warn("old", DeprecationWarning)\n    warnings.warn("odd")',
  )
  expect(outcome).toMatchObject({
    kind: 'ok',
    stdout: {
      text: expect.stringContaining(
        'tool.py:4: UserWarning: odd\n  warnings.warn("odd")\n',
      ) as string,
    },
  })
})

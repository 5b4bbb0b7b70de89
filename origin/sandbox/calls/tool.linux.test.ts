import { describe, expect, it } from 'vitest'
import type { JsonObject } from '#contract/json.ts'
import { strongest as sandbox } from '../testing/sandbox.ts'
import { python } from '../testing/programs.ts'

async function valueOf(code: string, input: JsonObject = {}): Promise<unknown> {
  const { outcome } = await sandbox.run(code, { input })
  expect(outcome).toMatchObject({ kind: 'ok' })
  return outcome.kind === 'ok' ? outcome.value : null
}

async function failureOf(code: string, input: JsonObject = {}) {
  const { outcome } = await sandbox.run(code, { input })
  expect(outcome).toMatchObject({ kind: 'failed' })
  return outcome.kind === 'failed' ? outcome.failure : { type: '', message: '', traceback: '' }
}

describe('plain Python works', { concurrent: true }, () => {
  it.each([
    [
      'classes, decorators and generators',
      python`
      import functools
      class Counter:
          def __init__(self): self.n = 0
          @property
          def doubled(self): return self.n * 2
      def twice(function):
          @functools.wraps(function)
          def both(*args): return [function(*args), function(*args)]
          return both
      @twice
      def squares(n): return [i * i for i in range(n)]
      def main():
          counter = Counter()
          counter.n += 21
          return [counter.doubled, squares(3), list(x for x in 'ab')]
    `,
      [
        42,
        [
          [0, 1, 4],
          [0, 1, 4],
        ],
        ['a', 'b'],
      ],
    ],
    [
      'dataclasses with text annotations',
      python`
      from __future__ import annotations
      from dataclasses import dataclass, field
      @dataclass
      class Point:
          x: int
          tags: list[str] = field(default_factory=list)
      def main(): return Point(1, ['a'])
    `,
      { x: 1, tags: ['a'] },
    ],
    [
      'asyncio: gather, tasks, timeouts, threads, queues',
      python`
      import asyncio, threading
      async def part(n):
          await asyncio.sleep(0)
          return n
      async def main():
          queue = asyncio.Queue()
          async with asyncio.TaskGroup() as group:
              task = group.create_task(part(4))
              await queue.put(5)
          async with asyncio.timeout(5):
              gathered = await asyncio.gather(part(1), part(2))
          other = await asyncio.to_thread(threading.get_ident)
          return [gathered, task.result(), await queue.get(), other != threading.get_ident()]
    `,
      [[1, 2], 4, 5, true],
    ],
    [
      'many threads under the memory limit',
      python`
      from concurrent.futures import ThreadPoolExecutor
      def main():
          with ThreadPoolExecutor(32) as pool:
              return sum(pool.map(lambda n: n, range(100)))
    `,
      4950,
    ],
    [
      'the usual library',
      python`
      import base64, csv, hashlib, io, json, re, statistics, uuid, zlib
      import xml.etree.ElementTree as ET
      from datetime import datetime, timezone
      from urllib.parse import quote
      from zoneinfo import ZoneInfo
      import urllib.parse, collections.abc
      def main():
          row = next(csv.reader(io.StringIO('a,b')))
          hour = datetime(2026, 7, 1, tzinfo=timezone.utc).astimezone(ZoneInfo('Europe/Berlin')).hour
          return [row, hour, quote('ü'), urllib.parse.unquote('%20'), ET.fromstring('<a b="c"/>').get('b'),
                  hashlib.sha256(b'').hexdigest()[:4], statistics.mean([1, 3]), json.loads('[1]'),
                  datetime.strptime('2026', '%Y').year, re.sub('a', 'b', 'aa')]
    `,
      [['a', 'b'], 2, '%C3%BC', ' ', 'c', 'e3b0', 2, [1], 2026, 'bb'],
    ],
  ])('%s', async (_, code, value) => {
    expect(await valueOf(code)).toEqual(value)
  })
})

describe('arguments', { concurrent: true }, () => {
  const TYPES = python`
    from __future__ import annotations
    from dataclasses import dataclass
    from datetime import date, datetime, timedelta
    from enum import Enum
    from typing import Annotated, Literal, NamedTuple, NotRequired, Optional, TypedDict
    class Color(Enum):
        RED = 'red'
    @dataclass
    class Point:
        x: int
        y: int = 0
        next: Point | None = None
    @dataclass
    class Share:
        percent: float
        def __post_init__(self):
            if self.percent > 100: raise ValueError('at most 100 percent')
    class Pair(NamedTuple):
        a: int
        b: date | None = None
    class Options(TypedDict):
        limit: int
        sort: NotRequired[Literal['asc', 'desc']]
  `
  const check = (annotation: string) =>
    `${TYPES}\ndef main(value: ${annotation}):\n  return [type(value).__name__, value]`

  it.each([
    ['int', 3, ['int', 3]],
    ['int', 3.0, ['int', 3]],
    ['float', 3, ['float', 3]],
    ['bool', true, ['bool', true]],
    ['Optional[int]', null, ['NoneType', null]],
    ['int | str', 'a', ['str', 'a']],
    ['list[int]', [1, 2], ['list', [1, 2]]],
    ['tuple[int, str]', [1, 'a'], ['tuple', [1, 'a']]],
    ['set[int]', [2, 1, 2], ['set', [1, 2]]],
    ['dict[str, float]', { a: 1 }, ['dict', { a: 1 }]],
    ["Literal['a', 1]", 1, ['int', 1]],
    ["Annotated[int, 'a number']", 1, ['int', 1]],
    ['Color', 'red', ['Color', 'red']],
    ['date', '2026-01-31', ['date', '2026-01-31']],
    [
      'Point',
      { x: 1, next: { x: 2 } },
      ['Point', { x: 1, y: 0, next: { x: 2, y: 0, next: null } }],
    ],
    ['Pair', { a: 1, b: '2026-01-31' }, ['Pair', { a: 1, b: '2026-01-31' }]],
    ['datetime', '2026-01-31T12:00:00Z', ['datetime', '2026-01-31T12:00:00+00:00']],
    ['timedelta', 90, ['timedelta', 90]],
    ['list[Share]', [{ percent: 1 }], ['list', [{ percent: 1 }]]],
    ['Options', { limit: 1, sort: 'asc' }, ['dict', { limit: 1, sort: 'asc' }]],
    ['Unheard', { any: ['thing'] }, ['dict', { any: ['thing'] }]],
  ])('%s takes %j', async (annotation, value, seen) => {
    expect(await valueOf(check(annotation), { value })).toEqual(seen)
  })

  it.each([
    ['int', '3', 'argument `value`: expected int, got str'],
    ['int', true, 'argument `value`: expected int, got bool'],
    ['int', 3.5, 'argument `value`: expected int, got float'],
    ['str', 3, 'argument `value`: expected str, got int'],
    ['str', null, 'argument `value`: expected str, got null'],
    ['int | str', [], 'argument `value`: expected int or str, got list'],
    ['list[int]', [1, 'a'], 'argument `value` at [1]: expected int, got str'],
    ['dict[str, int]', { a: 'b' }, 'argument `value` at .a: expected int, got str'],
    ['tuple[int, str]', [1], 'argument `value`: expected 2 items, got 1'],
    ["Literal['a', 'b']", 'c', "argument `value`: expected one of 'a', 'b', got 'c'"],
    ['Literal[1]', true, 'argument `value`: expected one of 1, got True'],
    ['Color', 'blue', "argument `value`: expected one of 'red', got 'blue'"],
    ['date', 'soon', "argument `value`: expected a date as in 2026-01-31, got 'soon'"],
    ['Point', { y: 1 }, 'argument `value`: `x` is missing'],
    ['Point', { x: 1, next: { x: 'a' } }, 'argument `value` at .next.x: expected int, got str'],
    ['Pair', { b: null }, 'argument `value`: `a` is missing'],
    ['list[Share]', [{ percent: 101 }], 'argument `value` at [0]: at most 100 percent'],
    [
      'Options',
      { limit: 1, sort: 'up' },
      "argument `value` at .sort: expected one of 'asc', 'desc', got 'up'",
    ],
    ['Options', { limit: 1, more: 1 }, 'argument `value`: unexpected `more`'],
  ])('%s refuses %j and names what is wrong', async (annotation, value, message) => {
    const failure = await failureOf(check(annotation), { value })
    expect(failure).toEqual({ type: 'InvalidArguments', message, traceback: '' })
  })

  it('may be missing only where there is a default', async () => {
    const code = 'def main(a, /, b=2, *, c=3, **rest): return [a, b, c, rest]'
    expect(await valueOf(code, { a: 1, c: 4, d: 5 })).toEqual([1, 2, 4, { d: 5 }])
    expect((await failureOf(code)).message).toBe('argument `a` is missing')
    const { message } = await failureOf('def main(a=1): return a', { b: 1 })
    expect(message).toBe('unexpected argument `b`; the tool takes `a`')
  })
})

describe('a value becomes JSON', { concurrent: true }, () => {
  const returning = (expression: string) => python`
    import collections, dataclasses, datetime, decimal, enum, itertools, uuid
    class Color(enum.Enum):
        RED = 'red'
    Pair = collections.namedtuple('Pair', 'a b')
    def main(): return ${expression}
  `
  it.each([
    ['None', null],
    ['(1, 2)', [1, 2]],
    ['range(2)', [0, 1]],
    ['collections.deque([1])', [1]],
    ['{"a": 1}.values()', [1]],
    ['{"a": (x for x in [1])}', { a: [1] }],
    ['map(str, [1])', ['1']],
    ['{3, 1, 2}', [1, 2, 3]],
    ['{1: "a", None: 2}', { '1': 'a', null: 2 }],
    ['Color.RED', 'red'],
    ['Pair(1, 2)', { a: 1, b: 2 }],
    ['decimal.Decimal("1.10")', '1.10'],
    ['datetime.datetime(2026, 1, 2, 3)', '2026-01-02T03:00:00'],
    ['uuid.UUID(int=1)', '00000000-0000-0000-0000-000000000001'],
    ['"\\ud800"', '?'],
  ])('%s', async (expression, value) => {
    expect(await valueOf(returning(expression))).toEqual(value)
  })

  it.each([
    [
      '{"a": [b"x"]}',
      '`main` returned no result: the value at $.a[0] is an object of type bytes, which JSON cannot express: decode it, encode it with base64, or return it as a File',
    ],
    [
      'object()',
      '`main` returned no result: the value is an object of type object, which JSON cannot express',
    ],
    ['float("nan")', '`main` returned no result: the value is nan, which JSON cannot express'],
    [
      '2**64',
      '`main` returned no result: the value is an integer beyond 2**53, which JSON readers round: use str()',
    ],
    [
      'range(10**12)',
      '`main` returned no result: the value has more than 500000 items: take fewer of them',
    ],
    [
      '{"a": itertools.count()}',
      '`main` returned no result: the value at $.a has more than 500000 items: take fewer of them',
    ],
    [
      '{(1, 2): 3}',
      '`main` returned no result: a key in the value is an object of type tuple; JSON keys are strings',
    ],
  ])('or says why not: %s', async (expression, message) => {
    expect((await failureOf(returning(expression))).message).toBe(message)
  })
})

describe('while it runs', { concurrent: true }, () => {
  it('a tool says how far it is, with and without await', async () => {
    const { events } = await sandbox.run(python`
      async def main():
          ctx.progress(1, 3)
          await ctx.progress(2, 3, 'half')
          ctx.log('text')
          await ctx.log({'a': [1]}, level='warning')
    `)
    expect(events).toEqual([
      { type: 'progress', progress: 1, total: 3 },
      { type: 'progress', progress: 2, total: 3, message: 'half' },
      { type: 'log', level: 'info', data: 'text' },
      { type: 'log', level: 'warning', data: { a: [1] } },
    ])
  })

  it('a tool may say more than is kept, and hears of what is too large', async () => {
    const { outcome, events } = await sandbox.run(python`
      def main():
          for n in range(50_000):
              ctx.progress(n)
          ctx.log(['x' * 1_000] * 100)
    `)
    const message = 'a message may have at most 100000 bytes of JSON'
    expect(outcome).toMatchObject({ kind: 'failed', failure: { type: 'ValueError', message } })
    expect(events).toHaveLength(1_000)
  })

  it('what it prints on both streams is kept in order', async () => {
    const { outcome } = await sandbox.run(
      python`
      import sys
      def main():
          print('one')
          print('two', file=sys.stderr)
          print('three')
    `,
      { modules: ['sys'] },
    )
    expect(outcome).toMatchObject({ stdout: { text: 'one\ntwo\nthree\n', bytes: 14 } })
  })

  it('the tool reads its secrets and cannot change them', async () => {
    const call = { secrets: { API_KEY: 's3cret' } }
    const reads = python`
      import secrets
      def main():
          return [secrets['API_KEY'], dict(secrets), 'NO' in secrets, repr(secrets), len(secrets.token_hex(4))]
    `
    const { outcome } = await sandbox.run(reads, call)
    const shown = ['s3cret', { API_KEY: 's3cret' }, false, "<secrets ['API_KEY']>", 8]
    expect(outcome).toMatchObject({ value: shown })
    const writes = await sandbox.run('def main(): secrets["A"] = 1', call)
    expect(writes.outcome).toMatchObject({ failure: { type: 'TypeError' } })
    expect(await failureOf('def main(): return secrets["OTHER"]')).toMatchObject({
      type: 'KeyError',
      message:
        "the secret 'OTHER' is not approved for this tool: name it in `secrets` (mcpbox_update_tool) and ask for approval; a draft under trial has none",
    })
  })
})

describe('a decorator that keeps what it wraps', { concurrent: true }, () => {
  it.each(['def', 'async def'])('changes nothing about the arguments of a %s main', async (def) => {
    const code = python`
      import functools
      from dataclasses import dataclass
      @dataclass
      class Point:
          x: int
      def logged(function):
          @functools.wraps(function)
          def inner(*args, **named):
              print(sorted(named))
              return function(*args, **named)
          return inner
      @logged
      ${def} main(point: Point, times: int = 2): return point.x * times
    `
    expect(await valueOf(code, { point: { x: 21 } })).toBe(42)
    expect((await failureOf(code, { point: 1 })).message).toContain('argument `point`')
  })
})

describe('modules', { concurrent: true }, () => {
  it('that nobody asked for are refused with a hint', async () => {
    const next = '(mcpbox_update_tool) and ask for approval'
    const { type, message } = await failureOf('import yaml\ndef main(): pass')
    expect(type).toBe('ImportError')
    expect(message).toContain(
      `\`yaml\` is not approved for this tool: name its package in \`packages\`, as \`pyyaml==…\` ${next}`,
    )
    expect((await failureOf('def main():\n  import os.path')).message).toContain(
      `\`os.path\` is not approved for this tool: name it in \`modules\` ${next}`,
    )
  })

  it('of the manifest that are not there are said to be so', async () => {
    const { outcome } = await sandbox.run('import yaml\ndef main(): pass', { modules: ['yaml'] })
    expect(outcome).toMatchObject({
      failure: { message: '`yaml` is in the manifest but is not installed here' },
    })
  })

  it('beneath a package do not admit the package', async () => {
    const code = python`
      import os.path
      from os import path
      import os.path as third
      def main(): return [os.path.join('a', 'b'), path is os.path is third, hasattr(os, 'listdir')]
    `
    const { outcome } = await sandbox.run(code, { modules: ['os.path'] })
    expect(outcome).toMatchObject({ value: ['a/b', true, false] })
    const whole = await sandbox.run('import os\ndef main(): pass', { modules: ['os.path'] })
    expect(whole.outcome).toMatchObject({ failure: { type: 'ImportError' } })
  })

  it('are a matter of the tool, not of what it imports', async () => {
    expect(await valueOf('import asyncio, logging\ndef main(): return 1')).toBe(1)
  })
})

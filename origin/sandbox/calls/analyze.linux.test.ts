import { describe, expect, it } from 'vitest'
import type { JsonObject } from '#contract/json.ts'
import type { Analysis } from '#contract/sandbox.ts'
import { python } from '../testing/programs.ts'
import { strongest } from '../testing/sandbox.ts'
import { analyzeConfined } from './analyze.ts'

const analyze = (code: string) =>
  analyzeConfined(strongest.forkServer)({ language: 'python', code }, new AbortController().signal)

async function validOf(code: string) {
  const analysis = await analyze(code)
  expect(analysis).toMatchObject({ valid: true })
  return analysis as Extract<Analysis, { valid: true }>
}

const HEAD = python`
  import collections.abc, datetime, decimal, typing as t, uuid
  from dataclasses import dataclass, field
  from datetime import date
  from enum import Enum, IntEnum, StrEnum, auto
  from typing import *
  from typing import Annotated, Any, Literal, NewType, NotRequired, Optional, Required, TypedDict, Union
  LIMIT = 5
  Id = NewType('Id', int)
  Names = list[str]
  class Color(Enum):
      RED = 'red'
      BLUE = 'blue'
  class Level(IntEnum):
      LOW = auto()
      HIGH = auto()
  class Mode(StrEnum):
      FAST = auto()
  class Odd(Enum):
      X = object()
  class Options(TypedDict, total=False):
      limit: Required[int]
      sort: Literal['asc', 'desc']
  class More(Options):
      since: NotRequired[datetime.datetime]
  Inline = TypedDict('Inline', {'a': int})
  @dataclass
  class Point:
      """A place.

      Attributes:
          x: to the right
      """
      x: int
      y: int = 0
      tags: list[str] = field(default_factory=list)
      hidden: int = field(init=False)
      shared: ClassVar[int] = 1
  class Pair(NamedTuple):
      a: int
      b: str = 'x'
  class Twin(Pair):
      c = 1
  @dataclass
  class Tree:
      children: list['Tree']
  class Plain:
      pass
`

const object = (properties: JsonObject, required: string[], more: JsonObject = {}): JsonObject => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required }),
  additionalProperties: false,
  ...more,
})
const POINT = object(
  {
    x: { type: 'integer', description: 'to the right' },
    y: { type: 'integer', default: 0 },
    tags: { type: 'array', items: { type: 'string' }, default: [] },
  },
  ['x'],
  { description: 'A place.' },
)
const PAIR = object({ a: { type: 'integer' }, b: { type: 'string', default: 'x' } }, ['a'])
const INTEGER = { type: 'integer' }
const STRING = { type: 'string' }
const NULL = { type: 'null' }

describe('an annotation becomes a schema', { concurrent: true }, async () => {
  const table: [string, JsonObject][] = [
    ['str', STRING],
    ['int', INTEGER],
    ['float', { type: 'number' }],
    ['bool', { type: 'boolean' }],
    ['None', NULL],
    ['Any', {}],
    ['object', {}],
    ['list', { type: 'array' }],
    ['list[str]', { type: 'array', items: STRING }],
    ['t.List[int]', { type: 'array', items: INTEGER }],
    ['collections.abc.Sequence[int]', { type: 'array', items: INTEGER }],
    ['list[Any]', { type: 'array' }],
    ['set[int]', { type: 'array', uniqueItems: true, items: INTEGER }],
    ['tuple[int, ...]', { type: 'array', items: INTEGER }],
    [
      'tuple[int, str]',
      { type: 'array', prefixItems: [INTEGER, STRING], minItems: 2, maxItems: 2 },
    ],
    ['dict', { type: 'object' }],
    ['dict[str, int]', { type: 'object', additionalProperties: INTEGER }],
    ['dict[str, Any]', { type: 'object' }],
    ['Optional[int]', { anyOf: [INTEGER, NULL] }],
    ['int | None', { anyOf: [INTEGER, NULL] }],
    ['Union[int, str, None]', { anyOf: [INTEGER, STRING, NULL] }],
    ['int | Optional[str]', { anyOf: [INTEGER, STRING, NULL] }],
    ['int | Any', {}],
    ['int | int', INTEGER],
    ["Literal['a', 'b']", { type: 'string', enum: ['a', 'b'] }],
    ["Literal['a', 1, None]", { enum: ['a', 1, null] }],
    ['Literal[Color.RED]', { type: 'string', enum: ['red'] }],
    ["Annotated[int, 'how many']", { type: 'integer', description: 'how many' }],
    [
      "Annotated[int, Field(ge=1, description='how many')]",
      { type: 'integer', description: 'how many' },
    ],
    ['Color', { type: 'string', enum: ['red', 'blue'] }],
    ['Level', { type: 'integer', enum: [1, 2] }],
    ['Mode', { type: 'string', enum: ['fast'] }],
    ['Odd', {}],
    ['Id', INTEGER],
    ['Names', { type: 'array', items: STRING }],
    ['date', { type: 'string', format: 'date' }],
    ['datetime.datetime', { type: 'string', format: 'date-time' }],
    ['datetime.time', { type: 'string', format: 'time' }],
    ['datetime.timedelta', { type: 'number' }],
    ['uuid.UUID', { type: 'string', format: 'uuid' }],
    ['decimal.Decimal', { type: ['number', 'string'] }],
    ['Point', POINT],
    ['Pair', PAIR],
    ['Twin', PAIR],
    ["'Point | None'", { anyOf: [POINT, NULL] }],
    ['Inline', object({ a: INTEGER }, ['a'])],
    [
      'Options',
      object({ limit: INTEGER, sort: { type: 'string', enum: ['asc', 'desc'] } }, ['limit']),
    ],
    [
      'More',
      object(
        {
          limit: INTEGER,
          sort: { type: 'string', enum: ['asc', 'desc'] },
          since: { type: 'string', format: 'date-time' },
        },
        ['limit'],
      ),
    ],
    ['Tree', { $ref: '#/$defs/Tree' }],
    ['Plain', {}],
    ['Unheard', {}],
    ['unheard.Of[int]', {}],
    ['lambda: 1', {}],
    ["'not python ('", {}],
  ]
  const parameters = table.map(([annotation], at) => `p${at}: ${annotation}`).join(', ')
  const quoted = await validOf(`${HEAD}\ndef main(${parameters}): pass`)
  const deferred = await validOf(
    `from __future__ import annotations\n${HEAD}\ndef main(${parameters}): pass`,
  )

  it.each(table.map(([annotation, schema], at) => ({ annotation, schema, at })))(
    '$annotation',
    ({ schema, at }) => {
      expect(quoted.input_schema['properties']).toHaveProperty([`p${at}`], schema)
      expect(deferred.input_schema['properties']).toHaveProperty([`p${at}`], schema)
    },
  )

  it('a type that contains itself becomes a definition', () => {
    const children = { type: 'array', items: { $ref: '#/$defs/Tree' } }
    expect(quoted.input_schema['$defs']).toEqual({ Tree: object({ children }, ['children']) })
  })
})

describe('the signature', { concurrent: true }, () => {
  const schemaOf = async (parameters: string) =>
    (await validOf(`${HEAD}\ndef main(${parameters}): pass`)).input_schema

  it('without parameters takes nothing', async () => {
    expect(await schemaOf('')).toEqual({
      type: 'object',
      properties: {},
      additionalProperties: false,
    })
  })

  it('states defaults, and requires the rest', async () => {
    const given =
      "a, b: int, c=1, d: str = 'x', e: Color = Color.RED, f: list[int] = (1, 2), g: int = LIMIT, *, h: bool, i: float = -1.5"
    expect(await schemaOf(given)).toEqual({
      type: 'object',
      properties: {
        a: {},
        b: INTEGER,
        c: { default: 1 },
        d: { type: 'string', default: 'x' },
        e: { type: 'string', enum: ['red', 'blue'], default: 'red' },
        f: { type: 'array', items: INTEGER, default: [1, 2] },
        g: { type: 'integer', default: 5 },
        h: { type: 'boolean' },
        i: { type: 'number', default: -1.5 },
      },
      required: ['a', 'b', 'h'],
      additionalProperties: false,
    })
  })

  it('makes a parameter optional also where the text hides its default', async () => {
    const { properties, required } = await schemaOf(
      'a: int = compute(), b: int = 2**100, c: float = 1e999',
    )
    expect(properties).toEqual({ a: INTEGER, b: INTEGER, c: { type: 'number' } })
    expect(required).toBeUndefined()
  })

  it('of a generator is like any other', async () => {
    expect(await schemaOf('a: int')).toEqual(
      (await validOf('async def main(a: int): yield a')).input_schema,
    )
  })

  it('takes null where the default is None', async () => {
    expect(await schemaOf('a: int = None')).toMatchObject({
      properties: { a: { anyOf: [INTEGER, NULL], default: null } },
    })
  })

  it('takes positional-only parameters by name, and any name for **', async () => {
    expect(await schemaOf('a: int, /, **rest: str')).toMatchObject({
      properties: { a: INTEGER },
      required: ['a'],
      additionalProperties: STRING,
    })
  })

  it.each([
    ['def main(*args): pass', '`main` cannot take `*args`: arguments come by name'],
    ['def other(): pass', 'there is no top-level function `main`'],
    ['class A:\n  def main(self): pass', 'there is no top-level function `main`'],
    ['if True:\n  def main(): pass', 'there is no top-level function `main`'],
    ['main = print', 'there is no top-level function `main`'],
  ])('%j is refused in a sentence', async (code, message) => {
    expect(await analyze(code)).toMatchObject({ valid: false, message, line: 1 })
  })
})

describe('the docstring', { concurrent: true }, () => {
  const described = {
    a: { description: 'The first. It is long.' },
    b: { description: 'The second.' },
  }
  it.each([
    [
      'Google',
      '    Args:\n        a (int): The first.\n            It is long.\n        b: The second.\n\n    Returns:\n        c: nothing',
    ],
    [
      'NumPy',
      '    Parameters\n    ----------\n    a : int\n        The first.\n        It is long.\n    b : str, optional\n        The second.\n\n    Returns\n    -------\n    int',
    ],
    [
      'reST',
      '    :param int a: The first.\n        It is long.\n    :param b: The second.\n    :returns: nothing',
    ],
  ])('in %s style describes the tool and its parameters', async (_, text) => {
    const code = `def main(a: int, b):\n    """Do a thing\n    well.\n\n    At length.\n\n${text}\n    """`
    const { description, input_schema: schema } = await validOf(code)
    expect(description).toBe('Do a thing well.')
    expect(schema).toMatchObject({ properties: described })
  })

  it('of the module stands in for that of main', async () => {
    expect((await validOf('"""Module."""\ndef main(): pass')).description).toBe('Module.')
    expect((await validOf('def main(): pass')).description).toBeNull()
  })
})

describe('the value', { concurrent: true }, () => {
  const outputOf = async (annotation: string) =>
    (await validOf(`${HEAD}\ndef main() -> ${annotation}: pass`)).output_schema

  it('has a schema when it is an object, open for more than is declared', async () => {
    expect(await outputOf('dict[str, int]')).toEqual({
      type: 'object',
      additionalProperties: INTEGER,
    })
    expect(await outputOf('Inline')).toEqual({
      type: 'object',
      properties: { a: INTEGER },
      required: ['a'],
    })
    expect(await outputOf('Point')).toMatchObject({ required: ['x', 'y', 'tags'] })
    expect(await outputOf('Pair')).toMatchObject({ required: ['a', 'b'] })
    expect(await outputOf('Tree')).toMatchObject({ type: 'object', $defs: { Tree: {} } })
  })

  it.each(['int', 'list[int]', 'None', 'Any', 'Point | None', 'Unheard'])(
    'has none for %s',
    async (type) => {
      expect(await outputOf(type)).toBeNull()
    },
  )
})

it('imports are listed as they are written', async () => {
  const { imports } = await validOf(python`
    import os.path, json as j
    from concurrent import futures
    from a.b import c
    def main():
        from late import thing
        try: import yaml
        except ImportError: pass
  `)
  expect(imports).toEqual(['a.b', 'concurrent.futures', 'json', 'late', 'os.path', 'yaml'])
})

describe('text that is no tool', { concurrent: true }, () => {
  const CLASSES = Array.from(
    { length: 40 },
    (_, at) => `@dataclass\nclass C${at}:\n  a: C${at + 1}\n  b: C${at + 1}`,
  )
  it.each([
    ['a syntax error', 'x = 1\ndef main(:', /invalid syntax/, 2],
    ['return outside a function', 'return 1', /outside function/, 1],
    ['a null byte', 'x = "\0"', /null bytes/, null],
    ['half a character', 'x = "\ud800"', /not Python text|no top-level/, null],
    ['an endless number', `x = ${'9'.repeat(50_000)}`, /digits/, 1],
    ['brackets without end', '('.repeat(50_000), /nested|nests/, 1],
    ['signs without end', `x = ${'-'.repeat(90_000)}1`, /nests|breaks its reader/, null],
    ['attributes without end', `x = ${'a.'.repeat(45_000)}b`, /nests|breaks its reader/, null],
    [
      'a union without end',
      `def main(a: ${'int | '.repeat(15_000)}int): pass`,
      /nests|breaks its reader/,
      null,
    ],
    [
      'types that double',
      `from dataclasses import dataclass\n${CLASSES.join('\n')}\ndef main(a: C0): pass`,
      /no reasonable end/,
      null,
    ],
    ['too much of it', `#${'x'.repeat(100_000)}`, /100000 is the most/, null],
    ['nothing', '', /no top-level function/, 1],
  ])('%s', async (_, code, message, line) => {
    const analysis = await analyze(code)
    const told = expect.stringMatching(message) as string
    expect(analysis).toEqual({ valid: false, message: told, line })
  })

  it('is not run', async () => {
    expect(await analyze('raise SystemExit\ndef main(): pass')).toMatchObject({ valid: true })
  })
})

import { describe, expect, it } from 'vitest'
import { NO_USES } from '#contract/code-uses.ts'
import type { Analysis } from '#contract/sandbox.ts'
import { sandboxAt, strongest } from '../testing/sandbox.ts'
import { analyzeConfined } from './analyze.ts'

function analyze(code: string, forkServer = strongest.forkServer): Promise<Analysis> {
  const source = { language: 'typescript' as const, code }
  return analyzeConfined(forkServer)(source, new AbortController().signal)
}

async function inputOf(type: string, more = '') {
  const analysis = await analyze(`${more}\nexport default (args: { a: ${type} }) => args`)
  if (!analysis.valid) throw new Error(analysis.message)
  const { a } = analysis.input_schema['properties'] as Record<string, unknown>
  return a
}

const NULL = { type: 'null' }
const STRING = { type: 'string' }
const NUMBER = { type: 'number' }

describe('types become JSON Schema', { concurrent: true }, () => {
  it.each([
    ['string', STRING],
    ['number', NUMBER],
    ['boolean', { type: 'boolean' }],
    ['null', NULL],
    ['any', {}],
    ['unknown', {}],
    ['object', { type: 'object' }],
    ['string[]', { type: 'array', items: STRING }],
    ['readonly string[]', { type: 'array', items: STRING }],
    ['Array<number>', { type: 'array', items: NUMBER }],
    [
      '[string, number?]',
      { type: 'array', prefixItems: [STRING, NUMBER], items: false, minItems: 1 },
    ],
    ["'x' | 'y'", { type: 'string', enum: ['x', 'y'] }],
    ['1 | -2', { type: 'number', enum: [1, -2] }],
    ['string | null', { anyOf: [STRING, NULL] }],
    ['(string | number)[]', { type: 'array', items: { anyOf: [STRING, NUMBER] } }],
    ['Record<string, number>', { type: 'object', properties: {}, additionalProperties: NUMBER }],
    ['{ [key: string]: number }', { type: 'object', properties: {}, additionalProperties: NUMBER }],
    [
      "Record<'x' | 'y', string>",
      {
        type: 'object',
        properties: { x: STRING, y: STRING },
        required: ['x', 'y'],
        additionalProperties: false,
      },
    ],
  ])('%s', async (type, schema) => {
    expect(await inputOf(type)).toEqual(schema)
  })

  it.each([
    ['Place', 'interface Place { lat: number; lon?: number | undefined }'],
    ['Place', 'type Base = { lat: number }\ntype Place = Base & { lon?: number }'],
    [
      'Place',
      'interface Base { lat: number }\nexport interface Place extends Base { lon?: number }',
    ],
    ["Omit<Place, 'name'>", 'interface Place { lat: number; lon?: number; name: string }'],
    [
      "Pick<Place, 'lat'> & Partial<Pick<Place, 'lon'>>",
      'type Place = { lat: number; lon: number }',
    ],
  ])('%s of %s', async (type, more) => {
    expect(await inputOf(type, more)).toEqual({
      type: 'object',
      properties: { lat: NUMBER, lon: NUMBER },
      required: ['lat'],
      additionalProperties: false,
    })
  })
})

describe('one signature tells', { concurrent: true }, () => {
  it('descriptions from JSDoc, and defaults from destructuring', async () => {
    const code = `
      import { createHash } from 'node:crypto'
      interface Asked {
        /** Name of the city. */
        city: string
        days?: number
        tags?: string[]
      }
      /**
       * Tells the weather
       * of a city.
       *
       * Slowly.
       *
       * @param args what to tell
       * @param {number} args.days - how many days
       *   to look ahead
       */
      export default async function main({ city, days = 3, tags = ['a'], }: Asked): Promise<{ at: string }> {
        return { at: city }
      }`
    expect(await analyze(code)).toEqual({
      valid: true,
      description: 'Tells the weather of a city.',
      imports: ['node:crypto'],
      uses: NO_USES,
      input_schema: {
        type: 'object',
        properties: {
          city: { type: 'string', description: 'Name of the city.' },
          days: { type: 'number', description: 'how many days to look ahead', default: 3 },
          tags: { type: 'array', items: STRING, default: ['a'] },
        },
        required: ['city'],
        additionalProperties: false,
      },
      output_schema: { type: 'object', properties: { at: STRING }, required: ['at'] },
    })
  })

  it('a default makes an argument optional, and plain JavaScript has any type', async () => {
    const code = 'export default function main({ a, b = 2, c = Date.now() }) { return a }'
    expect(await analyze(code)).toMatchObject({
      input_schema: {
        properties: { a: {}, b: { type: 'number', default: 2 }, c: {} },
        required: ['a'],
      },
      output_schema: null,
    })
  })

  it('that there are no arguments', async () => {
    expect(await analyze('export default () => 1')).toMatchObject({
      input_schema: { type: 'object', properties: {}, additionalProperties: false },
    })
  })

  it('nothing by being run', async () => {
    const code = 'for (;;);\nexport default function main() {}'
    expect(await analyze(code)).toMatchObject({ valid: true })
  })
})

describe('what it cannot tell is refused, with its line', { concurrent: true }, () => {
  it.each([
    ['export default (a: {\n f: () => void }) => a', 2, 'a function type cannot be told in JSON'],
    ['export default (a: {\n m(): void }) => a', 2, 'a method, a computed name'],
    ['export default (a: {\n d: Date }) => a', 2, 'Date does not come as JSON: take a string'],
    ['export default (a: {\n d: Map<string, 1> }) => a', 2, 'take a Record'],
    ['export default (a: {\n d: bigint }) => a', 2, 'a big int type'],
    ['export default (a: {\n d: Other }) => a', 2, 'the type Other is not in this file'],
    ['export default (a: {\n __proto__: 1 }) => a', 2, '`__proto__`'],
    ['type L<T> = { v: T }\nexport default (a: L<1>) => a', 2, 'generic type L'],
    ['interface N { n?: N }\nexport default (a: N) => a', 1, 'the type N contains itself'],
    ['type N = N[]\nexport default (a: { n: N }) => a', 1, 'the type N contains itself'],
    ['\nexport default (args) => args', 2, '`args` needs a type'],
    ['export default ({ ...rest }) => rest', 1, 'a rest of arguments needs a type'],
    ['export default (a: {},\n ctx: object) => a', 2, '`main` takes one parameter'],
    ['export default function* main() {}', 1, '`main` is a generator'],
    ['export default 5', 1, 'a tool is `export default'],
    ["\nimport x from 'lodash'\nexport default () => x", 2, 'lodash: a tool is a single file'],
    ["\nimport x from './x.ts'\nexport default () => x", 2, './x.ts: a tool is a single file'],
    ['\nenum A { B }\nexport default () => A.B', 2, 'TypeScript enum is not supported'],
    ['\n\nexport default () => ((', 3, 'Expression expected'],
  ])('%s', async (code, line, message) => {
    const expected = expect.stringContaining(message) as string
    expect(await analyze(code)).toMatchObject({ valid: false, line, message: expected })
  })

  it('a tool without a default export', async () => {
    expect(await analyze('export async function main() {}')).toMatchObject({
      message: expect.stringContaining('there is no default export') as string,
    })
  })

  it('types that double with every name', async () => {
    const names = Array.from(
      { length: 40 },
      (_, at) => `type A${at + 1} = { x: A${at}; y: A${at} }`,
    )
    const code = `type A0 = {}\n${names.join('\n')}\nexport default (a: A40) => a`
    expect(await analyze(code)).toMatchObject({
      message: 'the types of `main` have no reasonable end',
    })
  })
})

describe('a text that attacks its reader gets an answer', { concurrent: true }, () => {
  it.each([
    ['parentheses', '('.repeat(99_000)],
    ['brackets', '['.repeat(99_000)],
    ['braces', '{'.repeat(99_000)],
    ['object types', `export default (a: ${'{a:'.repeat(20_000)}`],
    ['members', `x${'.y'.repeat(49_000)}\nexport default () => x`],
    ['long text', 'x'.repeat(200_000)],
    ['NUL', 'export default () => "\0"'],
    ['a lone surrogate', 'export default () => "\ud800"'],
    ['nothing', ''],
  ])('%s', async (_, code) => {
    expect(await analyze(code)).toHaveProperty('valid')
  })
})

it('says so where no tool in TypeScript can run', async () => {
  expect(await analyze('export default () => 1', sandboxAt('S1').forkServer)).toMatchObject({
    valid: false,
    message: expect.stringContaining('tools in TypeScript cannot run here') as string,
  })
})

import { describe, expect, it } from 'vitest'
import type { Outcome } from '#contract/sandbox.ts'
import { python } from '../testing/programs.ts'
import { strongest as sandbox } from '../testing/sandbox.ts'

/** What a tool returns beside plain values, from its `return` to the outcome. */

const HEAD = python`
  import collections
  from mcpbox import Audio, File, Image, Link, Result, Text, ToolError
  PNG = b'\x89PNG\r\n\x1a\n'
`
const PNG = { type: 'image', data: 'iVBORw0KGgo=', mimeType: 'image/png' }

async function outcomeOf(body: string): Promise<Outcome> {
  const indented = body.replace(/^/gm, '    ')
  return (await sandbox.run(`${HEAD}\ndef main():\n${indented}\n`)).outcome
}

async function contentOf(expression: string) {
  const outcome = await outcomeOf(`return ${expression}`)
  expect(outcome).toMatchObject({ kind: 'ok', value: null })
  return outcome.kind === 'ok' ? outcome.content : undefined
}

const text = (said: string) => ({ type: 'text', text: said })

describe('a block', { concurrent: true }, () => {
  it.each([
    ['Image(PNG)', PNG],
    ["Image(PNG, mime_type='image/x-own')", { ...PNG, mimeType: 'image/x-own' }],
    ['Image(bytearray(PNG))', PNG],
    ['Image(memoryview(PNG))', PNG],
    [
      'Audio(b"RIFF\\x24\\0\\0\\0WAVEfmt ")',
      { type: 'audio', data: 'UklGRiQAAABXQVZFZm10IA==', mimeType: 'audio/wav' },
    ],
    ['Text("a")', text('a')],
    [
      'Text("a", audience="user", priority=0.5)',
      { ...text('a'), annotations: { audience: ['user'], priority: 0.5 } },
    ],
    [
      'File("a,b", "my report.csv")',
      {
        type: 'resource',
        resource: { uri: 'file:///my%20report.csv', mimeType: 'text/csv', text: 'a,b' },
      },
    ],
    [
      'File(b"\\0", "raw", uri="https://example.com/raw")',
      {
        type: 'resource',
        resource: {
          uri: 'https://example.com/raw',
          mimeType: 'application/octet-stream',
          blob: 'AA==',
        },
      },
    ],
    [
      'Link("https://example.com/ü?q=%20", "page", title="A page", size=3, mime_type="text/HTML")',
      {
        type: 'resource_link',
        uri: 'https://example.com/%C3%BC?q=%20',
        name: 'page',
        title: 'A page',
        size: 3,
        mimeType: 'text/html',
      },
    ],
  ])('%s', async (expression, block) => {
    expect(await contentOf(expression)).toEqual([block])
  })

  it.each([
    ['Image("iVBORw0KGgo=")', 'TypeError', /bytes, not str; base64 becomes bytes with/],
    ['Image(b"")', 'ValueError', /data is empty/],
    ['Image(b"unknown")', 'ValueError', /say mime_type='image\/…'/],
    ['Audio(PNG)', 'ValueError', /no audio is known by these bytes/],
    ['Image(PNG, "audio/wav")', 'ValueError', /must be image\/…, not audio\/wav/],
    ['Image(PNG, "image/")', 'ValueError', /'image\/' is no media type/],
    ['File("a", "a.txt", mime_type="text")', 'ValueError', /'text' is no media type/],
    ['File({}, "a.json")', 'TypeError', /data must be bytes, not dict/],
    ['File("a", "")', 'ValueError', /name must have 1 to 500 characters/],
    ['Link("example.com", "a")', 'ValueError', /is no URI/],
    ['Link("https://a\\nb", 3)', 'TypeError', /name must be text, not int/],
    ['Text(3)', 'TypeError', /text must be a str, not int/],
    ['Text("a", audience="me")', 'ValueError', /'user', 'assistant' or both, not 'me'/],
    ['Text("a", priority=2)', 'ValueError', /from 0 to 1, not 2/],
  ])('%s is refused where it is made', async (expression, type, message) => {
    expect(await outcomeOf(`return ${expression}`)).toMatchObject({
      kind: 'failed',
      failure: {
        type,
        message: expect.stringMatching(message) as string,
        traceback: expect.stringMatching(
          /^Traceback .*\n {2}File "tool.py", line 6, in main\n.*\n( +[~^]+\n)?\w+: .*\n$/,
        ) as string,
      },
    })
  })
})

describe('beside values', { concurrent: true }, () => {
  it('a list with a block in it is content, in its order', async () => {
    const content = [text('a'), PNG, text('{"b":[1,"ü"]}'), text('null')]
    expect(await contentOf('["a", Image(PNG), {"b": [1, "ü"]}, None]')).toEqual(content)
    expect(await contentOf('("a", Image(PNG), {"b": [1, "ü"]}, None)')).toEqual(content)
  })

  it('a Result has both, each for its reader', async () => {
    expect(await outcomeOf('return Result(["a", Image(PNG)], structured={"b": 1})')).toMatchObject({
      kind: 'ok',
      value: { b: 1 },
      content: [text('a'), PNG],
    })
  })

  it('a Result without text says its value in text as well', async () => {
    expect(await outcomeOf('return Result(Image(PNG), structured={"b": 1})')).toMatchObject({
      value: { b: 1 },
      content: [PNG, text('{"b":1}')],
    })
  })

  it('a Result of nothing but a value is like the value', async () => {
    const outcome = await outcomeOf('return Result(structured=[1])')
    expect(outcome).toMatchObject({ kind: 'ok', value: [1] })
    expect(outcome).not.toHaveProperty('content')
  })

  it.each([
    [
      '{"a": Image(PNG)}',
      '`main` returned no result: the value at $.a is an object of type Image, which has no place inside a value: return it by itself, in a list, or in Result(content=[…], structured=…)',
    ],
    [
      '["a", {"b": [Text("c")]}]',
      '`main` returned no result: the value at $[1].b[0] is an object of type Text, which has no place inside a value: return it by itself, in a list, or in Result(content=[…], structured=…)',
    ],
    [
      '[Result("a")]',
      '`main` returned no result: the value at $[0] is a Result inside of something: return it by itself',
    ],
    ['[Text("a")] * 101', 'the result has 101 parts; 100 is the most'],
  ])('%s is refused with the way out', async (expression, message) => {
    expect(await outcomeOf(`return ${expression}`)).toMatchObject({
      kind: 'failed',
      failure: { message, traceback: '' },
    })
  })
})

describe('a generator', { concurrent: true }, () => {
  it.each([
    ['of values is a list of them', 'yield 1\nyield 2', { value: [1, 2] }],
    [
      'of values and blocks is content',
      'yield "a"\nyield Image(PNG)',
      { value: null, content: [text('a'), PNG] },
    ],
    ['may be returned', 'return (n for n in [1, 2])', { value: [1, 2] }],
    ['of nothing is an empty list', 'if False: yield', { value: [] }],
  ])('%s', async (_, body, outcome) => {
    expect(await outcomeOf(body)).toMatchObject({ kind: 'ok', ...outcome })
  })

  it('may be asynchronous', async () => {
    const { outcome } = await sandbox.run(python`
      import asyncio
      async def main():
          for n in range(3):
              await asyncio.sleep(0)
              yield n
    `)
    expect(outcome).toMatchObject({ kind: 'ok', value: [0, 1, 2] })
  })

  it('that has no end is stopped with a sentence', async () => {
    const endless = 'while True: yield 1'
    const message =
      '`main` returned no result: the value has more than 500000 items: take fewer of them'
    expect(await outcomeOf(endless)).toMatchObject({ kind: 'failed', failure: { message } })
    const { outcome } = await sandbox.run(`async def main():\n  ${endless}`)
    expect(outcome).toMatchObject({ kind: 'failed', failure: { message } })
  })

  it('that raises shows its own line', async () => {
    expect(await outcomeOf('yield 1\nraise KeyError("x")')).toMatchObject({
      kind: 'failed',
      failure: {
        type: 'KeyError',
        traceback: expect.stringContaining('line 7, in main') as string,
      },
    })
  })
})

describe('an expected failure', { concurrent: true }, () => {
  it('is a ToolError: its message and no traceback', async () => {
    expect(await outcomeOf('raise ToolError("no such city")')).toMatchObject({
      kind: 'failed',
      failure: { type: 'ToolError', message: 'no such city', traceback: '' },
    })
  })

  it('may be a class of the tool’s own', async () => {
    const body = 'class NoCity(ToolError): pass\ntry: {}["a"]\nexcept KeyError: raise NoCity("a")'
    expect(await outcomeOf(body)).toMatchObject({
      failure: { type: 'NoCity', message: 'a', traceback: '' },
    })
  })

  it('stays one in a group of nothing else', async () => {
    const group = (...errors: string[]) => `raise ExceptionGroup('g', [${errors.join(', ')}])`
    expect(await outcomeOf(group('ToolError("a")', 'ToolError("b")'))).toMatchObject({
      failure: { type: 'ToolError', message: 'a\nb', traceback: '' },
    })
    expect(await outcomeOf(group('ToolError("a")', 'ValueError("b")'))).toMatchObject({
      failure: {
        type: 'ExceptionGroup',
        traceback: expect.stringMatching(/ToolError: a[^]*ValueError: b/) as string,
      },
    })
  })

  it('may be a Result with content of its own', async () => {
    const body = 'return Result(["see here", Image(PNG)], structured={"code": 7}, is_error=True)'
    expect(await outcomeOf(body)).toMatchObject({
      kind: 'failed',
      failure: {
        type: 'ToolError',
        message: 'see here\n[image/png, 8 bytes]',
        traceback: '',
      },
      reply: { value: { code: 7 }, content: [text('see here'), PNG] },
    })
  })

  it('says something', async () => {
    expect(await outcomeOf('return Result(is_error=True)')).toMatchObject({
      failure: { type: 'ValueError', message: expect.stringContaining('must say') as string },
    })
  })
})

describe('sizes', { concurrent: true }, () => {
  it('content has room beside the value, and no more than its own', async () => {
    const largest = await outcomeOf(
      'return Result(File(b"x" * 2_900_000, "a"), structured="y" * 90_000)',
    )
    expect(largest).toMatchObject({ kind: 'ok' })
    expect(await outcomeOf('return File(b"x" * 3_100_000, "a")')).toMatchObject({
      kind: 'killed',
      reason: 'result_too_large',
      message: expect.stringContaining('4000000 bytes as base64') as string,
    })
    expect(await outcomeOf('return Result(Image(PNG), structured="y" * 1_000_001)')).toMatchObject({
      kind: 'killed',
      reason: 'result_too_large',
    })
  })
})

it('the module is there by either import, and has what it says', async () => {
  const { outcome } = await sandbox.run(python`
    import mcpbox
    from mcpbox import *
    def main(): return [mcpbox.Image is Image, repr(Text('ab')), sorted(mcpbox.__all__)]
  `)
  const blocks = ['Audio', 'File', 'Image', 'Link', 'Result', 'Text']
  const names = [...blocks, 'AskError', 'NotAskable', 'ToolError'].sort()
  expect(outcome).toMatchObject({ value: [true, '<Text 2 characters>', names] })
})

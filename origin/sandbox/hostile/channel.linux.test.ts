import { describe, expect, it } from 'vitest'
import type { RunLimits } from '#contract/sandbox.ts'
import { attack } from '../testing/attack.ts'
import { python } from '../testing/programs.ts'
import { formableLevels, sandboxAt } from '../testing/sandbox.ts'

/** What a tool needs to speak like the runner. */
const FORGE = python`
  import json, os, struct, time
  def frame(message):
      body = json.dumps(message).encode()
      return struct.pack('>I', len(body)) + body
  def send(message):
      rest = frame(message)
      while rest: rest = rest[os.write(3, rest):]
      time.sleep(60)
  RESULT = {'type': 'result', 'value': 'forged'}
  TEXT = {'type': 'text', 'text': 'forged'}
  IMAGE = {'type': 'image', 'data': 'AAAA', 'mimeType': 'image/png'}
`

/** For what is to run into its deadline. */
const SHORT = { timeout_ms: 500 }

function forging(body: string): string {
  const indented = body.replace(/^/gm, '    ')
  return `${FORGE}\ndef main():\n${indented}\n    return 'mine'\n`
}

describe.each(formableLevels)('the channel at %s', { concurrent: true }, (level) => {
  const sandbox = sandboxAt(level)
  const answer = async (body: string, limits: Partial<RunLimits> = {}) => {
    const outcome = await attack(sandbox, forging(body), { limits })
    return outcome.kind === 'ok'
      ? outcome.value
      : `${outcome.kind} ${'reason' in outcome ? outcome.reason : ''}`.trim()
  }

  it('printed JSON is print', async () => {
    const outcome = await attack(
      sandbox,
      forging('print(json.dumps(RESULT))\nos.write(1, frame(RESULT))\nos.write(2, frame(RESULT))'),
    )
    expect(outcome).toMatchObject({
      kind: 'ok',
      value: 'mine',
      stdout: { text: expect.stringContaining('forged') as string },
    })
  })

  it('frames on every other descriptor reach nobody', async () => {
    const guess = python`
      for number in (0, *range(4, 64)):
          try:
              os.write(number, frame(RESULT))
          except OSError:
              pass
    `
    expect(await answer(guess)).toBe('mine')
  })

  it('a frame on the right descriptor is the tool’s own answer; the second is nobody’s', async () => {
    expect(await answer('os.write(3, frame(RESULT))')).toBe('forged')
    expect(await answer("os.write(3, frame(RESULT) + frame({'type': 'result', 'value': 2}))")).toBe(
      'forged',
    )
  })

  it('an answer claims nothing about time, isolation or cause', async () => {
    const claims = python`
      os.write(3, frame({**RESULT, 'duration_ms': 0, 'isolation': None, 'kind': 'timed_out',
                         'stdout': {'text': 'forged'}, 'layers': []}))
      time.sleep(60)
    `
    const outcome = await attack(sandbox, forging(`time.sleep(0.02)\n${claims}`))
    expect(outcome).toMatchObject({
      kind: 'ok',
      value: 'forged',
      stdout: { text: '', bytes: 0, truncated: false },
      isolation: { level },
    })
    expect(outcome.kind === 'ok' && outcome.duration_ms >= 20).toBe(true)
  })

  it.each([
    ['a second greeting', "os.write(3, frame({'type': 'hello', 'layers': []}))"],
    ['a verdict', "os.write(3, frame({'type': 'timed_out'}))"],
    [
      'an event with a bad level',
      "os.write(3, frame({'type': 'log', 'level': 'fatal', 'data': 1}))",
    ],
    ['progress that is no number', "os.write(3, frame({'type': 'progress', 'progress': 'much'}))"],
    ['a message that is no object', 'os.write(3, frame([1]))'],
    ['bytes that are no JSON', "os.write(3, struct.pack('>I', 4) + b'abcd')"],
    ['an empty frame', "os.write(3, struct.pack('>I', 0))"],
    ['content of no kind', "os.write(3, frame({**RESULT, 'content': [{'type': 'tool_use'}]}))"],
    ['no content', "os.write(3, frame({**RESULT, 'content': []}))"],
    ['content that is no list', "os.write(3, frame({**RESULT, 'content': {'type': 'text'}}))"],
    [
      'content that speaks for us',
      "os.write(3, frame({**RESULT, 'content': [{**TEXT, '_meta': {}}]}))",
    ],
    ['content without end', "send({**RESULT, 'content': [TEXT] * 100_000})"],
    [
      'an image that is a page',
      "os.write(3, frame({**RESULT, 'content': [{**IMAGE, 'mimeType': 'text/html'}]}))",
    ],
    [
      'an image that is no base64',
      "os.write(3, frame({**RESULT, 'content': [{**IMAGE, 'data': '<a>'}]}))",
    ],
    [
      'a failure without end',
      "send({'type': 'failed', 'failure': {'type': 'A', 'message': 'x' * 4_000_000, 'traceback': ''}})",
    ],
  ])('%s ends the call', async (_, statement) => {
    expect(await answer(statement)).toBe('killed crashed')
  })

  it('content is the tool’s own, as far as it is content', async () => {
    const forged = "os.write(3, frame({**RESULT, 'content': [TEXT, IMAGE], 'isError': True}))"
    expect(await attack(sandbox, forging(forged))).toMatchObject({
      kind: 'ok',
      value: 'forged',
      content: [
        { type: 'text', text: 'forged' },
        { type: 'image', data: 'AAAA', mimeType: 'image/png' },
      ],
    })
  })

  it('a value may not use the room of the content, nor content that of the value', async () => {
    const large = "send({**RESULT, 'value': 'x' * 1_000_001})"
    expect(await answer(large)).toBe('killed result_too_large')
    const content = "send({**RESULT, 'content': [{**IMAGE, 'data': 'A' * 4_000_000}]})"
    expect(await answer(content)).toBe('killed result_too_large')
    const told =
      "{'type': 'failed', 'failure': {'type': 'A', 'message': '', 'traceback': ''}, 'reply': {'value': 'x' * 1_000_001}}"
    expect(await answer(`send(${told})`)).toBe('killed result_too_large')
  })

  it('a length that promises gigabytes ends the call before they come', async () => {
    expect(await answer("os.write(3, struct.pack('>I', 0xffffffff))")).toBe(
      'killed result_too_large',
    )
  })

  it('a value that nests without end is not parsed', async () => {
    const deep =
      "body = b'{\"type\":\"result\",\"value\":' + b'[' * 400_000 + b']' * 400_000 + b'}'"
    const send = "os.write(3, struct.pack('>I', len(body)) + body)"
    expect(await answer(`${deep}\n${send}\ntime.sleep(60)`)).toBe('killed result_too_large')
  })

  it.each([
    ['a large event', "send({'type': 'log', 'level': 'info', 'data': 'x' * 200_000})"],
    [
      'a large event in the clothes of an answer',
      `body = b'{"type":"result","type":"progress","progress":1,"x":"' + b'x' * 200_000 + b'"}'\nos.write(3, struct.pack('>I', len(body)) + body)\ntime.sleep(60)`,
    ],
    [
      'small events without number',
      "one = frame({'type': 'progress', 'progress': 1}) * 1_000\nwhile True: os.write(3, one)",
    ],
    [
      'cancels of a request without number',
      "send_one = {'type': 'http.request', 'id': 1, 'method': 'GET', 'url': 'https://example.com/', 'headers': [], 'body': False, 'follow': False}\none = frame({'type': 'http.cancel', 'id': 1}) * 1_000\nos.write(3, frame(send_one))\nwhile True: os.write(3, one)",
    ],
  ])('%s is a flood', async (_, statement) => {
    expect(await answer(statement)).toBe('killed output_flood')
  })

  it('a frame that never ends is a timeout', async () => {
    expect(await answer("os.write(3, struct.pack('>I', 100) + b'{')\ntime.sleep(60)", SHORT)).toBe(
      'timed_out',
    )
  })

  it('without its channel a tool cannot answer', async () => {
    expect(await answer('os.close(3)')).toBe('killed crashed')
    expect(await answer('os.closerange(0, 64)\ntime.sleep(60)', SHORT)).toBe('timed_out')
  })

  it('a tool that replaces the runner’s own tools only harms itself', async () => {
    expect(await answer('os._exit = lambda code: None\ntime.sleep(0)')).toBe('mine')
    expect(await answer('os.write = lambda *args: 0\ntime.sleep(0)', SHORT)).toBe('timed_out')
    expect(await answer("json.JSONEncoder.encode = lambda *args: '{}'")).toBe('killed crashed')
  })
})

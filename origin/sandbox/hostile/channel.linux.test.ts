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
  RESULT = {'type': 'result', 'value': 'forged'}
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
  ])('%s ends the call', async (_, statement) => {
    expect(await answer(statement)).toBe('killed crashed')
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
    expect(await answer("json.dumps = lambda *args, **named: '{}'")).toBe('killed crashed')
  })
})

import { expect, test } from 'vitest'
import { mendedAnswer } from './mended-answer.ts'

const SSE = { headers: { 'content-type': 'text/event-stream' } }

/** A stream of these pieces that breaks after them, or ends. */
function streamOf(pieces: string[], ending: 'breaks' | 'ends' = 'ends'): Response {
  const left = [...pieces]
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = left.shift()
      if (piece !== undefined) controller.enqueue(new TextEncoder().encode(piece))
      else if (ending === 'ends') controller.close()
      else controller.error(new Error('the object was reset'))
    },
  })
  return new Response(body, SSE)
}

async function mend(first: Response, ...others: Response[]) {
  const asked: (string | null)[] = []
  const breaks: unknown[] = []
  const answer = await mendedAnswer(
    first,
    async (after) => {
      asked.push(after)
      return others.shift() ?? streamOf([], 'breaks')
    },
    (error) => breaks.push(error),
  )
  return { text: await answer.text(), asked, breaks }
}

const EVENT = 'id: a\nevent: message\ndata: 1\n\n'
const END = 'event: message\ndata: 2\n\n'

test('a stream that does not break is passed on as it is', async () => {
  const { text, asked, breaks } = await mend(streamOf([': open\n\n', EVENT, END]))
  expect(text).toBe(`: open\n\n${EVENT}${END}`)
  expect([asked, breaks]).toEqual([[], []])
})

test('a stream that breaks goes on after the last event that had an id', async () => {
  const { text, asked, breaks } = await mend(
    streamOf([EVENT, ': keepalive\n\n'], 'breaks'),
    streamOf([END]),
  )
  expect(text).toBe(`${EVENT}: keepalive\n\n${END}`)
  expect(asked).toEqual(['a'])
  expect(breaks).toHaveLength(1)
})

test('a stream that breaks before that is asked for anew', async () => {
  const { text, asked } = await mend(streamOf([], 'breaks'), streamOf([EVENT, END]))
  expect(text).toBe(EVENT + END)
  expect(asked).toEqual([null])
})

test('what breaks off inside an event is not passed on', async () => {
  const { text, asked } = await mend(
    streamOf([EVENT, 'id: b\nevent: mess'], 'breaks'),
    streamOf([END]),
  )
  expect(text).toBe(EVENT + END)
  expect(asked).toEqual(['a'])
})

test('events are found wherever the pieces are cut', async () => {
  const whole = `${EVENT}${EVENT.replace('a', 'b')}`
  for (let at = 1; at < whole.length; at++) {
    const pieces = [whole.slice(0, at), whole.slice(at)]
    const { text, asked } = await mend(streamOf(pieces, 'breaks'), streamOf([END]))
    expect(text).toBe(whole + END)
    expect(asked).toEqual(['b'])
  }
})

test('an answer in one piece ends a stream that broke', async () => {
  const { text } = await mend(streamOf([], 'breaks'), Response.json({ id: 1 }))
  expect(text).toBe('event: message\ndata: {"id":1}\n\n')
})

test('what is no stream is passed on as it is', async () => {
  const first = Response.json({ id: 1 }, { status: 404, headers: { 'mcp-session-id': 's' } })
  const answer = await mendedAnswer(
    first,
    () => Promise.reject(new Error('no')),
    () => {},
  )
  expect([answer.status, answer.headers.get('mcp-session-id')]).toEqual([404, 's'])
  expect(answer.headers.get('content-type')).toBe('application/json')
  expect(await answer.json()).toEqual({ id: 1 })
})

/** JSON of which only the beginning comes. */
const broken = () =>
  new Response(streamOf(['{"id"'], 'breaks').body, {
    headers: { 'content-type': 'application/json' },
  })

test('what is no stream and breaks is asked for anew, before anything of it is passed on', async () => {
  const { text, asked, breaks } = await mend(broken(), broken(), Response.json({ id: 1 }))
  expect(text).toBe('{"id":1}')
  expect(asked).toEqual([null, null])
  expect(breaks).toHaveLength(2)
})

test('what is no stream may go on as one', async () => {
  const { text } = await mend(broken(), streamOf([EVENT], 'breaks'), streamOf([END]))
  expect(text).toBe(EVENT + END)
})

test('what is no stream and breaks again and again is given up', async () => {
  await expect(mend(broken(), broken(), broken(), broken())).rejects.toThrow('was reset')
})

test('a stream that breaks again and again is given up', async () => {
  await expect(mend(streamOf([], 'breaks'))).rejects.toThrow('the object was reset')
})

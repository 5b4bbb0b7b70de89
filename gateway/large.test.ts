import { describe, expect, test } from 'vitest'
import { answerOf } from './testing/answers.ts'
import { ALICE, mountGateway } from './testing/mounted-gateway.ts'
import { call, modernPost } from './testing/posts.ts'
import { openSession } from './testing/session.ts'
import { readStream } from './testing/stream-reader.ts'
import { held, silent } from './testing/tools.ts'

const length = silent(({ arguments: { text } }) => ({
  content: [{ type: 'text', text: typeof text === 'string' ? `${text.length}` : 'no text' }],
}))
const grow = silent(({ arguments: { characters } }) => ({
  content: [{ type: 'text', text: 'ü'.repeat(Number(characters)) }],
}))

const eras = {
  legacy: async (name: string, args: object, mounted = mountGateway({ length, grow })) =>
    (await openSession(mounted.gateway, ALICE)).post(call(1, name, args)),
  modern: (name: string, args: object, mounted = mountGateway({ length, grow })) =>
    mounted.gateway.handle(modernPost('tools/call', { name, arguments: args }), ALICE),
}

describe.each(Object.entries(eras))('%s', (_era, ask) => {
  test.each([17_000, 1_000_000])('arguments of %d characters arrive whole', async (characters) => {
    const answer = await answerOf(await ask('length', { text: 'x'.repeat(characters) }))
    expect(answer.result).toMatchObject({ content: [{ text: String(characters) }] })
  })

  test('a result of a megabyte arrives whole', async () => {
    const { result } = await answerOf(await ask('grow', { characters: 500_000 }))
    expect(result).toMatchObject({ content: [{ text: 'ü'.repeat(500_000) }] })
  })

  test('a call that says nothing for a hundred beats still has its answer', async () => {
    const slow = held()
    const times = { graceMs: 0, keepAliveMs: 1, cancelNoticeMs: 1 }
    const stream = readStream(await ask('slow', {}, mountGateway({ slow: slow.tool }, { times })))
    await stream.until(/(: keepalive\n\n){100}/)
    slow.release()
    await stream.end()
    expect(stream.messages()).toMatchObject([{ id: 1, result: { content: [{ text: '{}' }] } }])
  })
})

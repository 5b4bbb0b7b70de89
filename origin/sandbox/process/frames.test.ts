import { describe, expect, it } from 'vitest'
import { encodeFrame, frameDecoder } from './frames.ts'

const LIMITS = { bytes: 100, depth: 4 }

const messagesOf = (decode: ReturnType<typeof frameDecoder>, chunk: Buffer) =>
  decode(chunk).map(({ message }) => message)

/** A frame whose head says what it likes. */
function frameOf(length: number, body: string): Buffer {
  const head = Buffer.alloc(4)
  head.writeUInt32BE(length)
  return Buffer.concat([head, Buffer.from(body)])
}

describe('frames', () => {
  it('come out as they went in, however the stream is cut', () => {
    const stream = Buffer.concat([encodeFrame({ a: 1 }), encodeFrame({ b: 'ü' })])
    for (let size = 1; size <= stream.length; size++) {
      const decode = frameDecoder(LIMITS)
      const messages: unknown[] = []
      for (let at = 0; at < stream.length; at += size) {
        messages.push(...messagesOf(decode, stream.subarray(at, at + size)))
      }
      expect(messages).toEqual([{ a: 1 }, { b: 'ü' }])
    }
  })

  it('that are empty are no messages', () => {
    expect(() => frameDecoder(LIMITS)(frameOf(0, ''))).toThrow('not a message')
  })
})

describe('hostile frames', () => {
  it('a length beyond the limit is refused before any of it arrives', () => {
    expect(() => frameDecoder(LIMITS)(frameOf(0xffffffff, ''))).toThrow('4294967295 bytes')
    expect(() => frameDecoder(LIMITS)(frameOf(101, ''))).toThrow('101 bytes')
  })

  it('a large message that does not begin like one is refused at its beginning', () => {
    const large = { bytes: 30, begin: /^\{"type":"result"/ }
    const decode = () => frameDecoder({ ...LIMITS, large })
    const log = '{"type":"log","level":"info","data":""}'
    expect(decode()(frameOf(90, '{"type":"result","value":'))).toEqual([])
    expect(() => decode()(frameOf(90, log.slice(0, 25)))).toThrow('90 bytes for such a message')
    expect(decode()(frameOf(30, log.slice(0, 25)))).toEqual([])
  })

  it('deep nesting is refused before it is parsed', () => {
    expect(() => frameDecoder(LIMITS)(frameOf(10, '[[[[[]]]]]'))).toThrow('deeper than 4')
    expect(frameDecoder(LIMITS)(frameOf(8, '[[[[]]]]'))).toEqual([{ message: [[[[]]]], bytes: 8 }])
  })

  it('printed JSON on the channel is a length that is far too long', () => {
    expect(() => frameDecoder(LIMITS)(Buffer.from('{"type":"result","value":1}'))).toThrow('bytes')
  })

  it.each(['{', 'nul', '{"a":}', '\u0000\u0000', "{'a':1}"])('%j is not a message', (text) => {
    expect(() => frameDecoder(LIMITS)(frameOf(Buffer.byteLength(text), text))).toThrow(
      'not a message',
    )
  })

  it('__proto__ is a plain property', () => {
    const body = '{"__proto__":{"polluted":1}}'
    const [message] = messagesOf(frameDecoder(LIMITS), frameOf(body.length, body))
    expect(Object.getPrototypeOf(message)).toBe(Object.prototype)
    expect({}).not.toHaveProperty('polluted')
  })
})

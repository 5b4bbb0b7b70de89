/**
 * Lines of a stream of UTF-8 text, without their line ends. Takes time in proportion to the text,
 * however long a line is. @throws when a line grows past `maxBytes`.
 */
export async function* lines(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let begun: string[] = []
  let length = 0
  for await (const chunk of body) {
    const [rest = '', ...next] = decoder.decode(chunk, { stream: true }).split('\n')
    begun.push(rest)
    length += rest.length
    for (const part of next) {
      yield begun.join('')
      begun = [part]
      length = part.length
    }
    if (length > maxBytes) throw new Error(`a line of more than ${maxBytes} bytes`)
  }
}

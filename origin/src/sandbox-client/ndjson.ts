/** Lines of a stream of UTF-8 text, without their line ends. @throws when a line grows past `maxBytes`. */
export async function* lines(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let rest = ''
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true })
    let end = rest.indexOf('\n')
    while (end >= 0) {
      yield rest.slice(0, end)
      rest = rest.slice(end + 1)
      end = rest.indexOf('\n')
    }
    if (rest.length > maxBytes) throw new Error(`a line of more than ${maxBytes} bytes`)
  }
}

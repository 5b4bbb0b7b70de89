/**
 * True when a client can read an event stream (RFC 9110 §12.5.1). All are asked to say so, and many
 * forget to; a plain script that asks for JSON alone means it, and gets its answer in one piece.
 */
export function acceptsStream(headers: Headers): boolean {
  const accept = headers.get('accept') ?? '*/*'
  return !/^\s*application\/json\s*(?:;[^,]*)?$/i.test(accept)
}

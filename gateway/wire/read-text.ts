/** What reading a body ended in. */
export type ReadText =
  | { ok: true; text: string }
  | { ok: false; code: 'body_too_large' | 'malformed_utf8' }

/**
 * Reads a body as UTF-8, strictly (RFC 3629), up to `maxBytes`. A larger one is refused by its
 * declared length, or as soon as the limit is passed, without reading the rest. Throws when the
 * upload breaks.
 */
export async function readText(
  request: Pick<Request, 'headers' | 'body'>,
  maxBytes: number,
): Promise<ReadText> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) {
    return { ok: false, code: 'body_too_large' }
  }
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) return { ok: false, code: 'body_too_large' }
    chunks.push(chunk)
  }
  return decodeStrictly(chunks)
}

function decodeStrictly(chunks: Uint8Array[]): ReadText {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    const parts = chunks.map((chunk) => decoder.decode(chunk, { stream: true }))
    return { ok: true, text: parts.join('') + decoder.decode() }
  } catch {
    return { ok: false, code: 'malformed_utf8' }
  }
}

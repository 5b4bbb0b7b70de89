import type { Stdout } from '#contract/sandbox.ts'
import { STDOUT_BUFFER_BYTES, STDOUT_RETURNED_BYTES } from '#contract/limits.ts'

export type Output = { push(chunk: Buffer): void; bytes(): number; read(): Stdout }

/** Keeps the beginning of what is printed and counts the rest. */
export function boundedOutput(): Output {
  const kept: Buffer[] = []
  let keptBytes = 0
  let bytes = 0
  return {
    push(chunk) {
      bytes += chunk.length
      const room = STDOUT_BUFFER_BYTES - keptBytes
      if (room <= 0) return
      const part = chunk.subarray(0, room)
      kept.push(part)
      keptBytes += part.length
    },
    bytes: () => bytes,
    read: () => {
      const returned = Buffer.concat(kept).subarray(0, STDOUT_RETURNED_BYTES)
      return {
        text: wholeCharacters(returned),
        bytes,
        truncated: bytes > returned.length,
      }
    },
  }
}

/** UTF-8 as text, without the torn character that a cut may leave at the end. */
function wholeCharacters(bytes: Buffer): string {
  return new TextDecoder().decode(bytes, { stream: true })
}

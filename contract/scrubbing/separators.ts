/**
 * What may stand between the parts of something that was split: white space, punctuation, controls
 * and the letter of an escape such as `\n`. Letters and digits, in any script, are what is split.
 */
export function isSeparator(code: number, before: number): boolean {
  if (code < 0x80) return !isAsciiWord(code) || (before === BACKSLASH && isEscape(code))
  return (code >= 0x2000 && code <= 0x206f) || code === 0x3000 || code === 0xfeff
}

const BACKSLASH = 0x5c

function isAsciiWord(code: number): boolean {
  if (code < 0x3a) return code >= 0x30
  if (code < 0x5b) return code >= 0x41
  return code >= 0x61 && code <= 0x7a
}

/** n, r, t */
function isEscape(code: number): boolean {
  return code === 0x6e || code === 0x72 || code === 0x74
}

/** A text without its separators. */
export function joined(text: string): string {
  let kept = ''
  for (let at = 0; at < text.length; at++)
    if (!isSeparator(text.charCodeAt(at), text.charCodeAt(at - 1))) kept += text[at]
  return kept
}

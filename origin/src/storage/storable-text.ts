/**
 * Text as PostgreSQL can keep it: NUL and lone surrogates, which a text column refuses, become
 * U+FFFD. For what programs printed or raised; never for what an approval covers.
 */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\u{FFFD}')
}

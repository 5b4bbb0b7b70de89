/**
 * Text as a person must see it before deciding: everything that a screen would act on instead of
 * showing it (control characters, escape sequences) or that changes the order or presence of what
 * is shown (bidirectional controls, invisible characters; UTS #55, source code handling) is spelled
 * out. Line feeds and tabs stay.
 */
export function visibleText(text: string): string {
  return text.replace(
    /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu,
    (hidden) => `\\u{${hidden.codePointAt(0)?.toString(16)}}`,
  )
}

/** The same for what is one line: a line feed is spelled out, too. */
export function visibleLine(text: string): string {
  return visibleText(text).replaceAll('\n', '\\u{a}')
}

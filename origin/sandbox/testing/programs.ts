/** Text of a Python program, without the indentation that the test's own layout gave it. */
export function python(strings: TemplateStringsArray, ...values: unknown[]): string {
  const text = String.raw({ raw: strings.raw }, ...values)
  const lines = text.replace(/^\n/, '').split('\n')
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/))
  const edge = Math.min(...indents)
  return lines.map((line) => line.slice(edge)).join('\n')
}

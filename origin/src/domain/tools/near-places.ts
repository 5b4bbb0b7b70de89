/** Lines of code that are looked at; in more of them somebody looks in vain anyway. */
const MOST_LINES = 20_000
const SHOWN_LINES = 3
const SHOWN_CHARS = 120

/**
 * What stands there that is most like what was sought, of which not every line does: a sentence for
 * the first line that is missing, or for the first.
 */
export function nearPlaces(code: string, sought: string): string {
  const lines = sought.split('\n').filter((one) => one.trim() !== '')
  const there = new Set(code.split('\n'))
  const line = lines.find((one) => !there.has(one)) ?? lines[0]
  if (line === undefined) return ''
  const words = wordsOf(line)
  const likely = code
    .split('\n', MOST_LINES)
    .map((text, at) => ({ text, number: at + 1, likeness: likeness(text, line, words) }))
    .filter((place) => place.likeness >= 0.5)
    .sort((one, other) => other.likeness - one.likeness || one.number - other.number)
    .slice(0, SHOWN_LINES)
  if (likely.length === 0) return ` Nothing is like ${quoted(line)}; read it with mcpbox_get_tool.`
  const places = likely.map(({ number, text }) => `line ${number}: ${quoted(text)}`)
  return ` Most like ${quoted(line)}: ${places.join('; ')}.`
}

/** From 0, nothing in common, to 1, but for white space the same. */
function likeness(text: string, line: string, words: ReadonlySet<string>): number {
  if (text.trim() === line.trim()) return 1
  const others = wordsOf(text)
  const shared = [...others].filter((word) => words.has(word)).length
  return shared === 0 ? 0 : (2 * shared) / (words.size + others.size + 0.01)
}

function wordsOf(line: string): Set<string> {
  return new Set(line.slice(0, 500).match(/\w+/g))
}

function quoted(text: string): string {
  return JSON.stringify(shortly(text))
}

function shortly(text: string): string {
  return text.length <= SHOWN_CHARS ? text : `${text.slice(0, SHOWN_CHARS).toWellFormed()}…`
}

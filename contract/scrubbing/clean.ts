import type { Needles } from './needles.ts'
import { type Found, Scan } from './scan.ts'

/** Between two texts that follow one another; a split secret may go on behind it. */
const BETWEEN = '\n'
/** So many characters of a secret at the end of a text are no accident. */
const BEGUN = 8
/** Fewer will do where we know that the text goes on, or that it began before. */
const BEGUN_SURELY = 4

/**
 * How a text ends: `whole`; `loose`, when it may have been cut; or `cut`, when it was. Of the last
 * two the beginning of a secret is taken out as well.
 */
export type Ending = 'whole' | 'loose' | 'cut'

/** What stands where a secret was. */
export function mark(name: string): string {
  return `[secret ${name}]`
}

/**
 * Texts that follow one another, without the secrets in them; one that is split over several is taken
 * out of all of them, and marked in the first.
 */
export function clean(
  needles: Needles,
  texts: readonly string[],
  ending: Ending = 'whole',
): string[] {
  const scan = new Scan(needles)
  readAll(scan, texts)
  scan.end()
  return replaceFound(texts, foundIn(scan, ending, 0), 0)
}

/** One text. */
export function cleanText(needles: Needles, text: string, ending: Ending = 'whole'): string {
  return clean(needles, [text], ending).join('')
}

/** Whether a text holds a secret. */
export function holdsSecret(needles: Needles, text: string): boolean {
  const scan = new Scan(needles)
  scan.read(text)
  scan.end()
  return scan.takeFound().length > 0
}

/**
 * Cleans messages that are shown at once, each of some texts. What was shown cannot be taken back: of
 * a secret that is split over messages the first few characters stay, and nothing after them.
 */
export function messageCleaner(needles: Needles): (texts: readonly string[]) => string[] {
  const scan = new Scan(needles)
  return (texts) => {
    const from = scan.position
    readAll(scan, texts)
    return replaceFound(texts, foundIn(scan, 'loose', from), from)
  }
}

/** Bytes of UTF-8, as texts with one character for each; a secret torn between two is found as well. */
export async function* cleanStream(
  needles: Needles,
  chunks: AsyncIterable<string>,
): AsyncGenerator<string, void, void> {
  const scan = new Scan(needles)
  let held = ''
  let from = 0
  function* release(before: number) {
    const [cleaned = ''] = replaceFound(
      [held.slice(0, before - from)],
      scan.takeFound(before),
      from,
    )
    held = held.slice(before - from)
    from = before
    if (cleaned !== '') yield cleaned
  }
  for await (const chunk of chunks) {
    held += chunk
    scan.read(chunk)
    yield* release(scan.settled())
  }
  scan.end()
  yield* release(scan.position)
}

function readAll(scan: Scan, texts: readonly string[]): void {
  for (const text of texts) {
    scan.read(text)
    scan.read(BETWEEN)
  }
}

/** What was found in the texts from a place on, with what begins at their end if that counts. */
function foundIn(scan: Scan, ending: Ending, from: number): Found[] {
  const found = scan.takeFound()
  const begun = scan.begun()
  if (begun === null || ending === 'whole') return found
  const sure = ending === 'cut' || begun.start < from
  if (begun.characters < (sure ? BEGUN_SURELY : BEGUN)) return found
  return [...found.filter(({ start }) => start < begun.start), begun]
}

/** `from` is the place of the first text. What was found is in order; the last may overlap the one before. */
function replaceFound(texts: readonly string[], found: readonly Found[], from: number): string[] {
  let next = 0
  let marked = -1
  let offset = from
  return texts.map((text) => {
    const end = offset + text.length
    let cleaned = ''
    let at = offset
    for (; next < found.length; next++) {
      const { start, end: until, name } = found[next] ?? { start: end, end, name: '' }
      if (start >= end) break
      if (until > at) {
        cleaned += text.slice(at - offset, Math.max(start, at) - offset)
        if (marked !== next) cleaned += mark(name)
        marked = next
        at = Math.min(until, end)
      }
      if (until > end) break
    }
    cleaned += text.slice(at - offset)
    offset = end + BETWEEN.length
    return cleaned
  })
}

import { ROOT } from './automaton.ts'
import { type Needles, type NeedleSet, WINDOW } from './needles.ts'
import { isSeparator } from './separators.ts'

/** Where a secret stands, in characters from the beginning of all that was read. */
export interface Found {
  start: number
  end: number
  name: string
}

/** What stands at the end of what was read and may be the beginning of a secret. */
export interface Begun extends Found {
  /** How many characters of the secret are there, separators left out. */
  characters: number
}

/** What is split over more than this is no longer one thing; bounds what a stream must keep back. */
const WIDEST = 65_536

/**
 * Reads text that comes in pieces, once and from left to right, and tells where secrets stand in it,
 * also those that separators or the ends of pieces split.
 */
export class Scan {
  /** Characters read so far. */
  position = 0
  readonly #needles: Needles
  #exact = ROOT
  #split = ROOT
  #before = 0
  /** Whether each of the last characters was a separator, the last in the lowest bit. */
  #separators = -1
  /** Of the last characters that are no separators: where they are, and whether a word begins there. */
  readonly #places = new Float64Array(WINDOW)
  readonly #edges = new Uint8Array(WINDOW)
  #count = 0
  /** Needles that end with the last character, and count if a separator is next. */
  #waiting: Found[] = []
  #found: Found[] = []

  constructor(needles: Needles) {
    this.#needles = needles
  }

  read(text: string): void {
    for (let at = 0; at < text.length; at++) this.#take(text.charCodeAt(at))
  }

  /** No more text comes. */
  end(): void {
    this.#decide(true)
  }

  /** What was found and ends before a place, in order and without overlap; each is given once. */
  takeFound(before = Infinity): Found[] {
    const open = this.#found.findIndex(({ end }) => end > before)
    return this.#found.splice(0, open < 0 ? this.#found.length : open)
  }

  /** Nothing that begins before this place will still be found. */
  settled(): number {
    const { exact, split } = this.#needles
    let place = Math.min(
      this.position - exact.automaton.depth(this.#exact),
      this.#placeOf(split.automaton.depth(this.#split)),
      ...this.#waiting.map(({ start }) => start),
    )
    for (const { start, end } of this.#found.toReversed()) if (end > place) place = start
    return place
  }

  /** The longest beginning of a secret, whole or split, at the end of what was read. */
  begun(): Begun | null {
    const { automaton, needles } = this.#needles.split
    const characters = automaton.depth(this.#split)
    const needle = needles[automaton.begun(this.#split)]
    return needle === undefined
      ? null
      : {
          start: this.#placeOf(characters),
          end: this.#placeOf(1) + 1,
          name: needle.name,
          characters,
        }
  }

  #take(code: number): void {
    const separator = isSeparator(code, this.#before)
    this.#decide(separator)
    const beginsWord = (this.#separators & 1) === 1
    this.#separators = (this.#separators << 1) | (separator ? 1 : 0)
    this.#before = code
    const here = this.position++

    const { exact, split } = this.#needles
    this.#exact = exact.automaton.next(this.#exact, code)
    const whole = exact.automaton.ending(this.#exact)
    if (whole !== ROOT)
      this.#report(exact, whole, (length) => ({
        start: this.position - length,
        beginsWord: ((this.#separators >> length) & 1) === 1,
      }))

    if (!separator) {
      this.#places[this.#count % WINDOW] = here
      this.#edges[this.#count % WINDOW] = beginsWord ? 1 : 0
      this.#count++
      this.#split = split.automaton.next(this.#split, code)
      const ending = split.automaton.ending(this.#split)
      if (ending !== ROOT)
        this.#report(split, ending, (length) => ({
          start: this.#placeOf(length),
          beginsWord: this.#edges[(this.#count - length) % WINDOW] === 1,
        }))
    }
    if (this.position - this.#placeOf(split.automaton.depth(this.#split)) > WIDEST)
      this.#split = ROOT
  }

  /** The longest needle that ends here counts; one that must stand alone, only if it does. */
  #report(
    { automaton, needles }: NeedleSet,
    ending: number,
    standing: (length: number) => { start: number; beginsWord: boolean },
  ): void {
    for (let at = ending; at !== ROOT; at = automaton.shorter(at)) {
      const needle = needles[automaton.whole(at)]
      if (needle === undefined) return
      const { start, beginsWord } = standing(needle.length)
      const found = { start, end: this.position, name: needle.name }
      if (!needle.alone) {
        this.#add(found)
        return
      }
      if (beginsWord) this.#waiting.push(found)
    }
  }

  /** What had to end a word did, or did not. */
  #decide(separator: boolean): void {
    if (this.#waiting.length === 0) return
    const waiting = this.#waiting
    this.#waiting = []
    if (separator) for (const found of waiting) this.#add(found)
  }

  /** What overlaps, or follows at once under the same name, is one; it has the name of what begins it. */
  #add(found: Found): void {
    const merged = { ...found }
    for (let last = this.#found.at(-1); last !== undefined; last = this.#found.at(-1)) {
      const follows = last.end === merged.start && last.name === merged.name
      if (last.end <= merged.start && !follows) break
      this.#found.pop()
      if (last.start < merged.start) {
        merged.start = last.start
        merged.name = last.name
      }
      merged.end = Math.max(merged.end, last.end)
    }
    this.#found.push(merged)
  }

  /** Where the nth-last character that is no separator is; where the next one will be, for none. */
  #placeOf(nth: number): number {
    return nth === 0 ? this.position : (this.#places[(this.#count - nth) % WINDOW] ?? 0)
  }
}

import { LONGEST_ENTRY, likeWords } from './same-words.ts'

/** One word to look for; the words of one part of a question are alternatives. */
export interface AskedWord {
  /** Number of the part. */
  part: number
  word: string
  /** 1 for what was said, less for what means the same. */
  weight: number
}

const LIKE_WEIGHT = 0.6
/** More words say nothing more, and cost time. */
const MOST_WORDS = 24

/** What to look for, for a question in plain language. */
export function askedWords(question: string): AskedWord[] {
  const said = (question.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, MOST_WORDS)
  const words = new Set(said)
  const parts = [
    ...[...expressions(said)].map((expression) => ({ own: [] as string[], expression })),
    ...[...words].map((word) => ({ own: [word], expression: word })),
  ]
  return parts.flatMap(({ own, expression }, part) => [
    ...own.map((word) => ({ part, word, weight: 1 })),
    // What was said itself counts by itself.
    ...likeWords(expression)
      .filter((word) => !words.has(word))
      .map((word) => ({ part, word, weight: LIKE_WEIGHT })),
  ])
}

/** Every run of two words or more that is known to mean something. */
function expressions(said: readonly string[]): Set<string> {
  const runs = said.flatMap((_, at) =>
    Array.from({ length: LONGEST_ENTRY - 1 }, (_run, more) => said.slice(at, at + more + 2)),
  )
  return new Set(runs.map((run) => run.join(' ')).filter((run) => likeWords(run).length > 0))
}

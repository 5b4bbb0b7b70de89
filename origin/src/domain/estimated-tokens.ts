/**
 * About how many tokens a language model makes of a text. For schemas and English it is an upper bound
 * of the vocabulary o200k, by less than a fifth; vocabularies that are not public are near it. Exact
 * counting would keep a vocabulary in memory.
 */
export function estimatedTokens(text: string): number {
  let tokens = 0
  for (const [run] of text.matchAll(/[A-Za-z]+|\d+|\s+|[^\sA-Za-z\d]+/g)) {
    if (/[A-Za-z]/.test(run)) tokens += Math.ceil(run.length / 8)
    else if (/\d/.test(run)) tokens += Math.ceil(run.length / 3)
    else if (/\s/.test(run)) tokens += run === ' ' ? 0 : 1
    else tokens += punctuation(run)
  }
  return tokens
}

/** Signs of JSON come in known groups; whatever is not ASCII is taken for a token a character. */
function punctuation(run: string): number {
  const ascii = run.replace(/[^ -~]/g, '')
  return Math.ceil(ascii.length / 3) + (run.length - ascii.length)
}

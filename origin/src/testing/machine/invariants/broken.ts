/** What must always hold, and does not. */
export class Broken extends Error {
  override readonly name = 'Broken'
}

/** @throws Broken, with the sentence, unless it holds */
export function holds(isSo: boolean, sentence: string): asserts isSo {
  if (!isSo) throw new Broken(sentence)
}

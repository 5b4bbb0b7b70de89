/**
 * Characters that a person does not see, or takes for others: what a screen would act on instead of
 * showing it (control characters, escape sequences), what changes the order or presence of what is shown
 * (bidirectional controls, invisible characters; UTS #55), and letters that look like those of another
 * script (UTS #39, confusables and mixed scripts).
 */

/** A screen shows none of these. Line feeds and tabs are text. U+2800 is a Braille pattern without dots. */
const HIDDEN =
  /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u{2800}]/u

/** Letters, and what may hide among them. */
const WORD = /[\p{L}\p{M}\p{N}\p{Cf}\p{Default_Ignorable_Code_Point}]+/gu

/** What is written together with Latin letters, honestly (UTS #39, 5.2, "highly restrictive"). */
const BESIDE_LATIN =
  /[\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}]/u
const LATIN = /\p{Script=Latin}/u

/** Scripts with letters that are drawn like Latin ones; a word has letters of one of them. */
const ALIKE = [
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
  /\p{Script=Coptic}/u,
  /\p{Script=Lisu}/u,
]

/** Those letters of Cyrillic, Greek and Armenian (UTS #39, confusables.txt). */
const LIKE_LATIN = new Set('аеорсухіјѕһԁԛԝӏАВЕЅІЈКМНОРСТУХԌԚԜӀαινορυχϲϳΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹͿօսոհցզԼՍՏՕ')
/** A shorter word of nothing else is found in honest text, beside words that have other letters. */
const SHORTEST_ALIKE = 3

/** Fullwidth and mathematical forms of Latin letters and digits; NFKC makes them those. */
const IN_DISGUISE =
  /[\u{ff10}-\u{ff19}\u{ff21}-\u{ff3a}\u{ff41}-\u{ff5a}\u{1d400}-\u{1d7ff}\u{1f130}-\u{1f149}]/u

/** Marks beyond these cover what stands around (UTS #39, 5.4). */
const TOO_MANY_MARKS = /(?<=[\p{Mn}\p{Me}]{4})[\p{Mn}\p{Me}]/gu

/** Where the odd characters of a text begin, in UTF-16 units. */
export function oddCharacters(text: string): ReadonlySet<number> {
  const odd = new Set<number>()
  if (!BEYOND_ASCII.test(text)) return odd
  const add = (from: number, characters: string, is: (character: string) => boolean) => {
    let at = from
    for (const character of characters) {
      if (is(character)) odd.add(at)
      at += character.length
    }
  }
  add(0, text, (character) => HIDDEN.test(character) || IN_DISGUISE.test(character))
  for (const { index } of text.matchAll(TOO_MANY_MARKS)) odd.add(index)
  let from = 0
  for (const line of text.split('\n')) {
    const words = [...line.matchAll(WORD)]
    const isHonest = words.some(([word]) => Array.from(word).some(isOfItsOwn))
    for (const { 0: word, index } of words) {
      const others = foreign(word, isHonest)
      if (others !== null) add(from + index, word, others)
    }
    from += line.length + 1
  }
  return odd
}

const BEYOND_ASCII = /[^\n\t\x20-\x7e]/

/** Which letters of a word pass for others; null when none does. */
function foreign(word: string, isHonest: boolean): ((letter: string) => boolean) | null {
  const letters = Array.from(word).filter((character) => /\p{L}/u.test(character))
  const notLatin = (letter: string) => /\p{L}/u.test(letter) && !BESIDE_LATIN.test(letter)
  const others = letters.filter(notLatin)
  if (others.length === 0) return null
  if (letters.some((letter) => LATIN.test(letter))) return notLatin
  if (ALIKE.filter((script) => others.some((letter) => script.test(letter))).length > 1)
    return notLatin
  const isAlike = letters.every((letter) => LIKE_LATIN.has(letter))
  return isAlike && (!isHonest || letters.length >= SHORTEST_ALIKE) ? notLatin : null
}

/** A letter that shows by itself that another script than Latin is meant. */
function isOfItsOwn(letter: string): boolean {
  return !LIKE_LATIN.has(letter) && ALIKE.some((script) => script.test(letter))
}

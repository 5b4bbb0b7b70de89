import { expect, test } from 'vitest'
import { askedWords } from './asked-words.ts'

const said = (question: string) =>
  askedWords(question)
    .filter(({ weight }) => weight === 1)
    .map(({ word }) => word)
const alike = (question: string, word: string) => {
  const { part } = askedWords(question).find((asked) => asked.word === word) ?? {}
  return askedWords(question)
    .filter((asked) => asked.part === part && asked.weight < 1)
    .map((asked) => asked.word)
}

test('what is asked are the words, each once and in small letters', () => {
  expect(said('Which Bücher, which 2 books?')).toEqual(['which', 'bücher', '2', 'books'])
})

test('a word stands for those that mean the same, which count less', () => {
  expect(alike('erase it', 'erase')).toEqual(expect.arrayContaining(['delete', 'remove']))
  expect(alike('erased', 'erased')).toContain('delete')
  expect(alike('erase it', 'it')).toEqual([])
})

test('what was said itself is not said again by another word', () => {
  expect(askedWords('erase or delete').filter(({ word }) => word === 'delete')).toHaveLength(1)
})

test('an expression of several words means what its words do not', () => {
  const words = askedWords('how many are there').map(({ word }) => word)
  expect(words).toContain('count')
  expect(askedWords('get rid of it').map(({ word }) => word)).toContain('delete')
})

test('a long question is cut', () => {
  const question = Array.from({ length: 500 }, (_, n) => `w${n}`).join(' ')
  expect(said(question)).toHaveLength(24)
})

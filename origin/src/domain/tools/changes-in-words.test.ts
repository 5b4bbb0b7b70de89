import { expect, test } from 'vitest'
import { manifest, versionText } from '../../testing/tools.ts'
import { CAUTIOUS_ANNOTATIONS } from './author.ts'
import { changesInWords } from './changes-in-words.ts'
import type { VersionText } from './version.ts'

const words = (from: Partial<VersionText>, to: Partial<VersionText>) =>
  changesInWords(versionText(from), versionText(to))

test('equal texts changed nothing', () => {
  expect(words({}, {})).toEqual([])
})

test('what a version may reach comes first, each thing in words', () => {
  expect(
    words(
      { manifest: manifest({ hosts: ['a.example'], secrets: ['KEY'] }) },
      {
        manifest: manifest({
          hosts: ['a.example', 'b.example'],
          modules: ['sqlite3'],
          secrets: ['KEY@b.example/authorization'],
        }),
        timeoutMs: 60_000,
      },
    ),
  ).toEqual([
    'May reach b.example, which is new.',
    'May import sqlite3, which is new.',
    'May send the secret KEY, without reading it, to b.example in the header authorization, which is new.',
    'May no longer read the secret KEY.',
    'Time limit 60 s; before: time limit 30 s.',
  ])
})

test.each<[string, Partial<VersionText>, Partial<VersionText>, string[]]>([
  [
    'lines',
    { code: 'a\nb\nc\n' },
    { code: 'a\nx\ny\nc\n' },
    ['Code: 2 lines added, 1 line removed.'],
  ],
  [
    'language',
    {},
    { language: 'typescript' },
    ['Written in typescript; before: written in python.'],
  ],
  ['description', {}, { description: 'Else.' }, ['Another description.']],
  [
    'effect',
    { annotations: CAUTIOUS_ANNOTATIONS },
    { annotations: { ...CAUTIOUS_ANNOTATIONS, readOnlyHint: true } },
    ['Said to only read; before: said to change, and perhaps destroy.'],
  ],
  [
    'name',
    {},
    { publication: { kind: 'tool', name: 'look' } },
    ['Offered as tool look; before: offered as tool weather__forecast.'],
  ],
  [
    'waiting',
    {},
    { queueWhenAway: true },
    ['Calls while MCPbox is away run later; before: calls while MCPbox is away fail.'],
  ],
  ['result', {}, { outputSchema: {} }, ['It promises the form of its result now.']],
  ['lock', {}, { moduleLock: { target: 'x', packages: [] } }, ['Other files of packages.']],
])('a change of its %s is told', (_what, from, to, expected) => {
  expect(words(from, to)).toEqual(expected)
})

test('arguments are told one by one', () => {
  const schema = (properties: VersionText['inputSchema'], required: string[]) => ({
    inputSchema: { type: 'object', properties, required },
  })
  const [text, number] = [{ type: 'string' }, { type: 'number' }]
  expect(
    words(
      schema({ gone: text, kept: text, typed: text, needed: text, freed: text }, ['freed']),
      schema({ kept: text, typed: number, needed: text, freed: text, fresh: text, must: text }, [
        'needed',
        'must',
      ]),
    ),
  ).toEqual([
    'The argument `typed` is described or typed otherwise.',
    'The argument `needed` must be given now.',
    'The argument `freed` may be left out now.',
    'New argument `fresh`.',
    'New argument `must`, which must be given.',
    'No argument `gone` any more.',
  ])
  expect(words({ inputSchema: { a: 1 } }, { inputSchema: { a: 2 } })).toEqual([
    'Another input schema.',
  ])
})

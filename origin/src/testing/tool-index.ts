import { expect, test } from 'vitest'
import { askedWords } from '../domain/finding/asked-words.ts'
import type { FindableTool } from '../domain/finding/tool-index.ts'
import { CAUTIOUS_ANNOTATIONS } from '../domain/tools/author.ts'
import type { VersionText } from '../domain/tools/version.ts'
import { sql, type Opened } from './databases.ts'
import { approve, approvedTool, asked, draftedTool, freshName, newAdmin, redraft } from './tools.ts'

const READS = { ...CAUTIOUS_ANNOTATIONS, readOnlyHint: true, destructiveHint: false }

/** What every kind of database promises of the index of tools. */
export function toolIndexTests(opened: Opened): void {
  const { db, stores, within } = opened
  const search = async (question: string, own: readonly FindableTool[] = [], limit = 50) =>
    (await stores.toolIndex.search(askedWords(question), { limit, own })).map(({ name }) => name)
  /** A word that no other test uses. */
  const freshWord = () => freshName().replace(/\d/g, (digit) => 'ghijklmnop'[Number(digit)] ?? '')

  async function indexed(change: (word: string) => Partial<VersionText>) {
    const word = freshWord()
    return { word, ...(await approvedTool(opened, change(word))) }
  }

  test.each([
    ['its description', (word: string) => ({ description: `Weighs a ${word}.` })],
    [
      'an argument',
      (word: string) => ({
        inputSchema: { type: 'object', properties: { [word]: { type: 'string' } } },
      }),
    ],
    [
      'what an argument of an argument is for',
      (word: string) => ({
        inputSchema: {
          type: 'object',
          properties: {
            of: {
              type: 'object',
              properties: { it: { type: 'string', description: `a ${word}` } },
            },
          },
        },
      }),
    ],
    [
      'a name in camel case among the choices of an argument',
      (word: string) => ({
        inputSchema: { type: 'object', properties: { of: { enum: [`big${cap(word)}`] } } },
      }),
    ],
  ])('a tool is found by a word of %s', async (_, change) => {
    const { word, wire } = await indexed(change)
    expect(await search(`where is my ${word}?`)).toEqual([wire])
  })

  test('a tool is found by what its server is, also when that is told later', async () => {
    const { word, wire, tool } = await indexed(() => ({}))
    expect(await search(word)).toEqual([])
    await db.execute(sql`update servers set description = ${word} where name = ${tool.server}`)
    expect(await search(word)).toEqual([wire])
  })

  test('a tool is found while it is live, as it is then', async () => {
    const [before, after] = [freshWord(), freshWord()]
    const { tool, version } = await draftedTool(within, { description: before })
    expect(await search(before)).toEqual([])
    const admin = await newAdmin(stores)
    await approve(within, admin, await asked(within, tool))
    expect(await search(before)).toHaveLength(1)
    await redraft(within, version, { description: after })
    expect([await search(before), await search(after)]).toMatchObject([[{}], []])
    await approve(within, admin, await asked(within, tool))
    expect([await search(before), await search(after)]).toMatchObject([[], [{}]])
  })

  test('prompts and resources are no tools', async () => {
    const { word } = await indexed((description) => ({
      description,
      publication: { kind: 'prompt', name: description },
    }))
    expect(await search(word)).toEqual([])
  })

  test('a name says more than a description, and both more than an argument', async () => {
    const word = freshWord()
    const argument = await approvedTool(opened, {
      inputSchema: { type: 'object', properties: { [word]: {} } },
    })
    const described = await approvedTool(opened, { description: word })
    const named = await approvedTool(opened, { publication: { kind: 'tool', name: word } })
    expect(await search(word)).toEqual([word, described.wire, argument.wire])
    expect(named.version.publication).toMatchObject({ name: word })
  })

  test('of equals, the one that only reads comes first', async () => {
    const word = freshWord()
    const writes = await approvedTool(opened, { description: word })
    const reads = await approvedTool(opened, { description: word, annotations: READS })
    expect(await search(word)).toEqual([reads.wire, writes.wire])
    expect(await search(word, [], 1)).toEqual([reads.wire])
  })

  test('a misspelt word finds what is spelt alike', async () => {
    const { wire } = await indexed(() => ({ description: 'Measures the chlorophyll of leaves.' }))
    expect(await search('chlorofyll')).toEqual([wire])
  })

  test('tools of MCPbox itself are found among the others', async () => {
    const { word, wire } = await indexed((description) => ({ description }))
    const ours = (name: string, description: string): FindableTool => ({
      name,
      description,
      inputSchema: { type: 'object' },
      annotations: { ...READS, title: 'Something' },
    })
    const own = [ours(`mcpbox_${word}`, ''), ours('mcpbox_other', 'Something else.')]
    expect(await search(word, own)).toEqual([`mcpbox_${word}`, wire])
    expect(await search(word, own)).toEqual([`mcpbox_${word}`, wire])
  })

  test.each([['\0'], ['\ud800'], ['\\u0000 \\u0000'], ["\\' & | ! ( ) <-> :* \\\\"]])(
    'a tool with %j in its schema goes live and is found by the rest of it',
    async (odd) => {
      const { word, wire } = await indexed((description) => ({
        description,
        inputSchema: { type: 'object', properties: { of: { description: odd, default: odd } } },
      }))
      expect(await search(word)).toEqual([wire])
    },
  )

  test.each([
    ['nothing', ''],
    ['signs', `' " \\ & | ! ( ) <-> :* ; -- \0 \ud800`],
    ['words that say nothing', 'the of a'],
    ['a word that nobody has', freshWord()],
    ['a hundred thousand words', 'zq '.repeat(100_000)],
    ['one word of a hundred thousand letters', 'z'.repeat(100_000)],
  ])('a search for %s finds nothing, and is no failure', async (_, question) => {
    expect(await search(question)).toEqual([])
  })
}

function cap(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1)
}

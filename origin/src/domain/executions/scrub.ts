import type { Json } from '#contract/json.ts'
import type { Outcome, Reply } from '#contract/sandbox.ts'
import type { RunNews } from '../sandbox.ts'
import { scrubBlock } from './scrub-content.ts'

const SCRUBBED = '[secret]'
/** A shorter value turns up in any large file by chance, and would have it withheld. */
const SHORTEST_IN_BYTES = 6

/**
 * Takes secret values out of what a tool says, wherever a string holds one as it is, base64-, hex-
 * or URL-encoded. A last net under a tool's carelessness: a tool that wants to can always spell a
 * secret some other way.
 */
export interface Scrubber {
  outcome(outcome: Outcome): Outcome
  news(news: RunNews): RunNews
}

export function scrubber(values: Iterable<string>): Scrubber {
  const needles = [...new Set([...values].filter((value) => value !== '').flatMap(spellings))].sort(
    (a, b) => b.length - a.length,
  )
  // One pass over each text, the longest spelling first: what was put in is not looked at again.
  const pattern = new RegExp(needles.map(literally).join('|'), 'g')
  const text = (said: string) => (needles.length === 0 ? said : said.replace(pattern, SCRUBBED))

  function json(value: Json): Json {
    if (typeof value === 'string') return text(value)
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map(json)
    return Object.fromEntries(Object.entries(value).map(([key, of]) => [text(key), json(of)]))
  }

  const inBytes = needles.filter((needle) => needle.length >= SHORTEST_IN_BYTES)
  const holdSecret = (bytes: Buffer) => inBytes.some((needle) => bytes.includes(needle))

  function reply({ value, content }: Reply): Reply {
    if (content === undefined) return { value: json(value) }
    const blocks = content.map((block) => scrubBlock(block, text, holdSecret))
    return { value: json(value), content: blocks }
  }

  return {
    outcome(outcome) {
      if (outcome.kind === 'refused') return { ...outcome, message: text(outcome.message) }
      const stdout = { ...outcome.stdout, text: text(outcome.stdout.text) }
      switch (outcome.kind) {
        case 'ok':
          return { ...outcome, stdout, ...reply(outcome) }
        case 'failed': {
          const { type, message, traceback } = outcome.failure
          const failure = { type: text(type), message: text(message), traceback: text(traceback) }
          return outcome.reply === undefined
            ? { ...outcome, stdout, failure }
            : { ...outcome, stdout, failure, reply: reply(outcome.reply) }
        }
        case 'killed':
          return { ...outcome, stdout, message: text(outcome.message) }
        case 'timed_out':
          return { ...outcome, stdout }
      }
    },
    news(news) {
      if (news.type === 'log') return { ...news, data: json(news.data) }
      return news.message === undefined ? news : { ...news, message: text(news.message) }
    },
  }
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)
}

function spellings(value: string): string[] {
  const bytes = Buffer.from(value)
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ]
}

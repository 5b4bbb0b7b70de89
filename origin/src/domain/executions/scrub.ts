import type { Ask } from '#contract/asks.ts'
import type { EgressRecord } from '#contract/egress.ts'
import type { Json, JsonObject } from '#contract/json.ts'
import type { Outcome, Reply } from '#contract/sandbox.ts'
import { clean, cleanText, type Ending, mark, messageCleaner } from '#contract/scrubbing/clean.ts'
import { type Needles, needlesFor } from '#contract/scrubbing/needles.ts'
import type { RunNews } from '../sandbox.ts'
import { cleanContent } from './scrub-content.ts'
import { cleanJson } from './scrub-json.ts'

/** A shorter value turns up in any large file by chance, and would have it withheld. */
const SHORTEST_IN_BYTES = 6
/** A shorter number is a count or a year. */
const SHORTEST_NUMBER = 4

/**
 * Takes secret values out of what a tool says and leaves `[secret NAME]`. A last net under a tool's
 * carelessness: a tool that wants to can always spell a secret in some way that nobody looks for.
 */
export interface Scrubber {
  outcome(outcome: Outcome): Outcome
  /** News of one run, in their order: a secret may be split over several. */
  news(news: RunNews): RunNews
}

/** Of one run: it remembers what news ended with, so two runs must not share one. */
export function scrubber(values: ReadonlyMap<string, string>): Scrubber {
  if (values.size === 0) return { outcome: (outcome) => outcome, news: (news) => news }
  const needles = needlesFor(values, 'text')
  const inBytes = () =>
    needlesFor(
      [...values].filter(([, value]) => value.length >= SHORTEST_IN_BYTES),
      'bytes',
    )
  const numbers = numbersAmong(values)
  const text = (said: string, ending?: Ending) => cleanText(needles, said, ending)
  const cleanMessage = messageCleaner(needles)

  function json(value: Json, cleanStrings: (texts: string[]) => string[]): Json {
    return cleanJson(value, {
      strings: cleanStrings,
      keys: (keys) => clean(needles, keys),
      number: (number) => numbers.get(String(number)) ?? number,
    })
  }

  function cleanAsk(ask: Ask): Ask {
    const params = json(ask.params, (strings) => clean(needles, strings))
    return { ...ask, params: params as JsonObject }
  }

  function reply({ value, content }: Reply): Reply {
    const cleaned = { value: json(value, (strings) => clean(needles, strings)) }
    return content === undefined
      ? cleaned
      : { ...cleaned, content: cleanContent(content, needles, inBytes()) }
  }

  return {
    outcome(outcome) {
      if (outcome.kind === 'refused') return { ...outcome, message: text(outcome.message) }
      const printed = text(outcome.stdout.text, outcome.stdout.truncated ? 'cut' : 'whole')
      const stdout = { ...outcome.stdout, text: printed }
      const measured = outcome.egress
        ? { stdout, egress: outcome.egress.map((record) => cleanRecord(record, needles)) }
        : { stdout }
      switch (outcome.kind) {
        case 'ok':
          return { ...outcome, ...measured, ...reply(outcome) }
        case 'failed': {
          const { type, message, traceback } = outcome.failure
          const failure = {
            type: text(type, 'loose'),
            message: text(message, 'loose'),
            traceback: text(traceback, 'loose'),
          }
          return outcome.reply === undefined
            ? { ...outcome, ...measured, failure }
            : { ...outcome, ...measured, failure, reply: reply(outcome.reply) }
        }
        case 'killed':
          return { ...outcome, ...measured, message: text(outcome.message) }
        case 'timed_out':
          return { ...outcome, ...measured }
      }
    },
    news(news) {
      if (news.type === 'log') return { ...news, data: json(news.data, cleanMessage) }
      if (news.type === 'asks') return { ...news, asks: news.asks.map(cleanAsk) }
      if (news.message === undefined) return news
      return { ...news, message: cleanMessage([news.message]).join('') }
    },
  }
}

/** What was asked of other hosts; the broker knows only the secrets that it sends. */
function cleanRecord(record: EgressRecord, needles: Needles): EgressRecord {
  return {
    ...record,
    method: cleanText(needles, record.method, 'loose'),
    host: record.host === null ? null : cleanText(needles, record.host, 'loose'),
    path: cleanText(needles, record.path, 'loose'),
  }
}

/** Values that a tool may hand back as numbers, with what stands in their place. */
function numbersAmong(values: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const written = [...values].map(([name, value]) => [value.trim(), mark(name)] as const)
  return new Map(
    written.filter(([value]) => value.length >= SHORTEST_NUMBER && String(Number(value)) === value),
  )
}

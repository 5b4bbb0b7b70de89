import { readFile, writeFile } from 'node:fs/promises'
import { allObjects, type MeasuredCost, type PerThousand } from './cost-measured.ts'
import {
  FREE_DAY,
  freeDays,
  monthOf,
  OBJECT_GB,
  PAID_MONTH,
  plus,
  price,
  times,
  total,
  type Used,
} from './plans.ts'

const DOCUMENT = new URL('../../docs/cost.md', import.meta.url)
const BEGIN = '<!-- computed by npm run bench:cost -->'
const END = '<!-- end of what is computed -->'

/** A day of somebody who works with assistants all day long, and how often a stream asks. */
const PERSON = { calls: 500, kind: 'per_call', days: 30 }
const CHECKS_A_DAY = 144

/** Puts the tables of these numbers into docs/cost.md. */
export async function writeCostDocument(measured: MeasuredCost): Promise<void> {
  await writeFile(DOCUMENT, withTables(await readFile(DOCUMENT, 'utf8'), measured))
}

/** The document with the tables of these numbers in the place of those that it has. */
export function withTables(document: string, measured: MeasuredCost): string {
  const [before, rest] = document.split(BEGIN)
  const after = rest?.split(END)[1]
  if (before === undefined || after === undefined)
    throw new Error('docs/cost.md has lost its marks')
  return `${before}${BEGIN}\n\n${tablesOf(measured)}\n\n${END}${after}`
}

function tablesOf(measured: MeasuredCost): string {
  return [
    `Measured on ${measured.date} with workerd ${measured.workerd}, ${measured.calls_of_each_kind} calls of each kind.`,
    '### What 1,000 calls take',
    counts(measured),
    '### What a million calls cost on the paid plan, before what it includes',
    prices(measured),
    '### How many calls a day fit into the free plan',
    free(measured),
    '### A stream that is open for news all day',
    stream(measured),
    '### One person',
    person(measured),
  ].join('\n\n')
}

function counts({ kinds }: MeasuredCost): string {
  return markdown(
    [
      'Client',
      'Worker requests',
      'to the origin',
      'session objects',
      'budget objects',
      'memory objects',
      'rows written',
      'rows read',
      'objects awake, s',
      'CPU, ms a call',
    ],
    Object.values(kinds).map(({ what, per_1000: of }) => {
      const all = allObjects(of)
      const { McpSession, RateBudget, EdgeMemory } = of.objects
      const numbers = [
        of.worker_requests,
        of.fetches,
        McpSession.requests,
        RateBudget.requests,
        EdgeMemory.requests,
        all.rows_written,
        all.rows_read,
        all.awake_ms / 1_000,
        of.cpu_ms / 1_000,
      ]
      return [what, ...numbers.map(short)]
    }),
  )
}

function prices({ kinds }: MeasuredCost): string {
  return markdown(
    ['Client', 'Worker requests', 'CPU', 'object requests', 'duration', 'rows', 'together'],
    Object.values(kinds).map(({ what, per_1000 }) => {
      const cost = price(times(usedBy(per_1000), 1_000))
      const parts = [
        cost.worker_requests,
        cost.cpu_ms,
        cost.object_requests,
        cost.gb_s,
        cost.rows_written + cost.rows_read,
        total(cost),
      ]
      return [what, ...parts.map(dollars)]
    }),
  )
}

function free({ kinds }: MeasuredCost): string {
  return markdown(
    [
      'Client',
      'by Worker requests',
      'by object requests',
      'by duration',
      'by rows written',
      'first limit',
    ],
    Object.values(kinds).map(({ what, per_1000 }) => {
      const { of, limit } = freeDays(times(usedBy(per_1000), 1 / 1_000))
      const by = [of.worker_requests, of.object_requests, of.gb_s, of.rows_written]
      return [what, ...by.map(whole), NAMES[limit]]
    }),
  )
}

function stream({ idle }: MeasuredCost): string {
  const through = 86_400 * OBJECT_GB
  return markdown(
    ['', ''],
    [
      ['streams that were open, and for how long', `${idle.streams}, ${idle.seconds} s`],
      ['requests to their session objects meanwhile', short(idle.object_requests)],
      ['their objects were awake', `${short(idle.awake_ms)} ms`],
      ['of their objects, workerd forgot', `${idle.forgotten} of ${idle.streams}`],
      ['object requests a day, to ask whether it is still wanted', short(CHECKS_A_DAY)],
      ['CPU an hour, for its heartbeats', `${short(idle.cpu_ms_per_stream_hour)} ms`],
      [
        'if the stream went through the object, a day',
        `${whole(through)} GB-s, ${whole((through / FREE_DAY.gb_s) * 100)} % of the free plan`,
      ],
    ],
  )
}

function person(measured: MeasuredCost): string {
  const kind = measured.kinds[PERSON.kind]
  if (kind === undefined) throw new Error(`${PERSON.kind} was not measured`)
  const calls = times(usedBy(kind.per_1000), PERSON.calls / 1_000)
  const day = plus(calls, listeningFor(24, measured))
  const share = (unit: keyof typeof FREE_DAY) => `${short((day[unit] / FREE_DAY[unit]) * 100)} %`
  return markdown(
    [`${PERSON.calls} calls a day (${kind.what}), a stream open all day`, ''],
    [
      ['Worker requests of a free day', share('worker_requests')],
      ['object requests of a free day', share('object_requests')],
      ['duration of a free day', share('gb_s')],
      ['rows written of a free day', share('rows_written')],
      ['a month on the free plan', '$0'],
      [
        `a month on the paid plan (from $${PAID_MONTH.fee})`,
        dollars(monthOf(times(day, PERSON.days))),
      ],
    ],
  )
}

/** A stream that was opened once. */
function listeningFor(hours: number, { idle }: MeasuredCost): Used {
  return {
    worker_requests: 1,
    cpu_ms: idle.cpu_ms_per_stream_hour * hours,
    object_requests: (CHECKS_A_DAY * hours) / 24 + 1,
    gb_s: 0,
    rows_written: 0,
    rows_read: (CHECKS_A_DAY * hours) / 24,
  }
}

function usedBy(of: PerThousand): Used {
  const { requests, rows_read, rows_written, awake_ms } = allObjects(of)
  return {
    worker_requests: of.worker_requests,
    cpu_ms: of.cpu_ms,
    object_requests: requests,
    gb_s: (awake_ms / 1_000) * OBJECT_GB,
    rows_written,
    rows_read,
  }
}

const NAMES: Record<keyof typeof FREE_DAY, string> = {
  worker_requests: 'Worker requests',
  object_requests: 'object requests',
  gb_s: 'duration',
  rows_written: 'rows written',
  rows_read: 'rows read',
}

function markdown(heading: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`
  return [
    line(heading),
    line(heading.map((_, at) => (at === 0 ? '---' : '---:'))),
    ...rows.map(line),
  ].join('\n')
}

const short = (value: number) => Number(value.toPrecision(3)).toLocaleString('en')
const whole = (value: number) =>
  value === Infinity ? 'no limit' : Math.floor(value).toLocaleString('en')
const dollars = (value: number) => `$${value.toFixed(2)}`

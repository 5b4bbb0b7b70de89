import { z } from 'zod'
import type { Counted } from './measured-edge.ts'

/** Where the numbers are kept that docs/cost.md is computed from. */
export const COST_FILE = new URL('measured/cost.json', import.meta.url)

const CLASSES = ['McpSession', 'RateBudget', 'EdgeMemory'] as const
export type ClassName = (typeof CLASSES)[number]

const OfClass = z.object({
  requests: z.number(),
  rows_read: z.number(),
  rows_written: z.number(),
  /** Milliseconds in which something in an object waited or was sent. */
  awake_ms: z.number(),
})
export type OfClass = z.infer<typeof OfClass>

/** What 1,000 calls take. */
const PerThousand = z.object({
  worker_requests: z.number(),
  /** To the origin, and to the issuer for its keys. */
  fetches: z.number(),
  objects: z.object({ McpSession: OfClass, RateBudget: OfClass, EdgeMemory: OfClass }),
  /** Processor time of the whole process of workerd, sockets and SQLite with it. */
  cpu_ms: z.number(),
})
export type PerThousand = z.infer<typeof PerThousand>

export const MeasuredCost = z.object({
  date: z.iso.date(),
  workerd: z.string(),
  calls_of_each_kind: z.number(),
  kinds: z.record(z.string(), z.object({ what: z.string(), per_1000: PerThousand })),
  /** Streams for news, open while nothing happens. */
  idle: z.object({
    streams: z.number(),
    seconds: z.number(),
    object_requests: z.number(),
    awake_ms: z.number(),
    /** Of as many objects, those that had been forgotten when they were asked again. */
    forgotten: z.number(),
    cpu_ms_per_stream_hour: z.number(),
  }),
})
export type MeasuredCost = z.infer<typeof MeasuredCost>

/** What happened between two counts, and the processor time of it. */
export interface Happened {
  counted: Counted
  cpuMs: number
}

export function between(before: Happened, after: Happened): Happened {
  return combine(after, before, (a, b) => a - b)
}

export function together(all: Happened[]): Happened {
  return all.reduce((sum, one) => combine(sum, one, (a, b) => a + b))
}

export function perThousand({ counted, cpuMs }: Happened, calls: number): PerThousand {
  const share = (value: number) => Number(((value * 1_000) / calls).toPrecision(4))
  const ofClass = (name: ClassName): OfClass => {
    const { requests, rows, awakeMs } = counted.objects[name]
    return {
      requests: share(requests),
      rows_read: share(rows.read),
      rows_written: share(rows.written),
      awake_ms: share(awakeMs),
    }
  }
  return {
    worker_requests: share(counted.requests),
    fetches: share(counted.fetches),
    objects: byClass(ofClass),
    cpu_ms: share(cpuMs),
  }
}

/** What all objects took together. */
export function allObjects({ objects }: PerThousand): OfClass {
  const total = (of: keyof OfClass) => CLASSES.reduce((sum, name) => sum + objects[name][of], 0)
  return {
    requests: total('requests'),
    rows_read: total('rows_read'),
    rows_written: total('rows_written'),
    awake_ms: total('awake_ms'),
  }
}

function combine(a: Happened, b: Happened, by: (a: number, b: number) => number): Happened {
  return {
    counted: {
      requests: by(a.counted.requests, b.counted.requests),
      fetches: by(a.counted.fetches, b.counted.fetches),
      objects: byClass((name) => {
        const [one, other] = [a.counted.objects[name], b.counted.objects[name]]
        return {
          made: by(one.made, other.made),
          requests: by(one.requests, other.requests),
          rows: {
            read: by(one.rows.read, other.rows.read),
            written: by(one.rows.written, other.rows.written),
          },
          awakeMs: by(one.awakeMs, other.awakeMs),
        }
      }),
    },
    cpuMs: by(a.cpuMs, b.cpuMs),
  }
}

function byClass<T>(of: (name: ClassName) => T): Record<ClassName, T> {
  return {
    McpSession: of('McpSession'),
    RateBudget: of('RateBudget'),
    EdgeMemory: of('EdgeMemory'),
  }
}

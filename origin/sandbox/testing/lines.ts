import { RunEvent } from '#contract/sandbox.ts'
import type { Line } from '../runs/event-log.ts'

/** What a line of a run says. */
export function parse(line: Line | void): RunEvent {
  if (line === undefined) throw new Error('there is no line')
  return RunEvent.parse(JSON.parse(line.toString()))
}

/** What is left to be read of a run, to its end. */
export async function linesOf(lines: AsyncIterable<Line>): Promise<RunEvent[]> {
  const all: RunEvent[] = []
  for await (const line of lines) all.push(parse(line))
  return all
}

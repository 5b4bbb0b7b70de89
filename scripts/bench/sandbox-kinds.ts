import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Language } from '../../contract/sandbox.ts'
import { type Run, runConfined } from '../../origin/sandbox/calls/run.ts'
import { forkServer } from '../../origin/sandbox/process/fork-server.ts'
import type { Confinement } from '../../origin/sandbox/process/plan.ts'
import { LAUNCHER } from '../../origin/sandbox/process/zygote.ts'
import { inTime, type Sorted } from './measure.ts'
import { childrenAtRest } from './sandbox-processes.ts'

/** A kind of tool: what it imports, what its module needs to be there, and its code. */
export type Kind = {
  name: string
  language?: Language
  imports: string[]
  code: string
  settleMs: number
}

/** Each answers 3 for {a: 1, b: 2}. The last three need time before a call comes. */
export const KINDS: readonly Kind[] = [
  {
    name: 'stdlib',
    imports: [],
    code: `import datetime, hashlib, json, re, statistics
def main(a: int, b: int) -> int:
    rows = json.loads(json.dumps([{'at': datetime.date(2026, 1, 1 + n).isoformat()} for n in range(28)]))
    days = [int(re.match(r'\\d+-\\d+-(\\d+)', row['at'])[1]) for row in rows]
    assert statistics.mean(days) == 14.5 and hashlib.sha256(str(days).encode()).digest()
    return a + b
`,
    settleMs: 12,
  },
  {
    name: 'httpx',
    imports: ['httpx'],
    code: `import httpx
def main(a: int, b: int) -> int:
    assert httpx.URL('https://example.com/a?b=c').params['b'] == 'c'
    return a + b
`,
    settleMs: 400,
  },
  {
    name: 'numpy + pandas',
    imports: ['numpy', 'pandas'],
    code: `import numpy, pandas
def main(a: int, b: int) -> int:
    frame = pandas.DataFrame({'group': ['x', 'y'] * 50, 'value': numpy.arange(100)})
    assert frame.groupby('group')['value'].sum().sum() == 4950
    return a + b
`,
    settleMs: 1_500,
  },
  {
    name: 'TypeScript',
    language: 'typescript',
    imports: [],
    code: 'export default ({ a, b }: { a: number; b: number }) => a + b\n',
    settleMs: 400,
  },
]

const COUNT = 15

/** The call of one kind; throws when it does not answer 3. */
export type CallOf = (run: Run, kind: Kind) => () => Promise<void>

/**
 * Milliseconds of calls of a kind that find a child waiting, with its imports done; null when the
 * folder `packages` does not have them.
 */
export async function measureKind(
  kind: Kind,
  confinement: Confinement,
  packages: string | null,
  callOf: CallOf,
): Promise<Sorted | null> {
  const needs = kind.imports.length > 0
  if (needs && (packages === null || !(await haveAll(packages, kind.imports)))) return null
  const set = needs && packages !== null ? { folder: packages, imports: kind.imports } : undefined
  await using server = forkServer(
    set === undefined ? confinement : { ...confinement, packages: set },
  )
  const call = callOf(runConfined(server), kind)
  for (let n = 0; n < 3; n++) await call()
  const times: number[] = []
  await inTime({ most: COUNT, ms: 20_000 }, async () => {
    await pause(kind.settleMs)
    await childrenAtRest(LAUNCHER)
    const start = performance.now()
    await call()
    times.push(performance.now() - start)
  })
  return times.sort((a, b) => a - b)
}

async function haveAll(folder: string, names: readonly string[]): Promise<boolean> {
  const found = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        (at) => at.isDirectory(),
        () => false,
      ),
    ),
  )
  return found.every(Boolean)
}

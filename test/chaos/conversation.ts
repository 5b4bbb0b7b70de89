import type { Random } from '#gateway/testing/random.ts'
import { legacyClient, modernClient, type Called, type TestClient } from '../clients.ts'

export const TOOLS = {
  count: `
import asyncio

async def main(token: str, steps: int, pause: float):
    """Counts, and says so."""
    for n in range(steps):
        await ctx.progress(n + 1, steps)
        await asyncio.sleep(pause)
    return {"token": token}
`,
  rest: `
import asyncio

async def main(token: str, pause: float):
    """Says nothing for a while."""
    await asyncio.sleep(pause)
    return {"token": token}
`,
  brief: `
def main(token: str):
    """Answers at once."""
    return {"token": token}
`,
}
type ToolName = keyof typeof TOOLS

const ERAS = ['legacy', 'modern'] as const
type Era = (typeof ERAS)[number]

/** One call, and what its client saw of it. */
export interface ClientCall {
  era: Era
  tool: ToolName
  /** Of this call alone. */
  token: string
  result: Called | null
  /** What the client was told on the way, by the request that was answered. */
  progress: number[]
  /** What it should have been told. */
  steps: number
  /** Why each request for it failed; in the modern era the client asks anew after that. */
  failures: string[]
}

/** What the client had to ask for so often has failed. */
const REQUESTS = 5

/**
 * A client comes, looks what there is, calls some tools, one after another, and leaves. It does what
 * real ones do when a connection breaks: in the legacy era the library goes on with the stream of a
 * call, in the modern era a lost request is asked for anew (MCP 2026-07-28,
 * basic/transports/streamable-http). The library does not say which one was lost; there is one.
 */
export async function converse(
  at: URL,
  random: Random,
  over: (call: ClientCall) => void,
): Promise<void> {
  const era = random.pick(ERAS)
  let lost = new AbortController()
  const open = () =>
    era === 'legacy'
      ? legacyClient(at)
      : modernClient(at, { onError: (error) => lost.abort(error) })
  await using client = await insistently(open)
  await insistently(() => client.tools())
  for (let left = 2 + random.below(4); left > 0; left--) {
    const call = nextCall(era, random)
    while (call.result === null && call.failures.length < (era === 'legacy' ? 1 : REQUESTS)) {
      lost = new AbortController()
      await ask(client, call, lost.signal)
    }
    over(call)
  }
}

interface PlannedCall extends ClientCall {
  args: Record<string, unknown>
}

function nextCall(era: Era, random: Random): PlannedCall {
  const tool = random.pick<ToolName>(['count', 'count', 'rest', 'brief'])
  const token = crypto.randomUUID()
  const steps = tool === 'count' ? 2 + random.below(6) : 0
  const pause = tool === 'count' ? 0.05 + random.below(6) / 10 : random.below(40) / 10
  const args =
    tool === 'count' ? { token, steps, pause } : tool === 'rest' ? { token, pause } : { token }
  return { era, tool, token, result: null, progress: [], steps, failures: [], args }
}

async function ask(client: TestClient, call: PlannedCall, lost: AbortSignal): Promise<void> {
  const progress: number[] = []
  call.progress = progress
  try {
    call.result = await client.call(
      `chaos__${call.tool}`,
      call.args,
      (news) => progress.push(news.progress),
      lost,
    )
  } catch (error) {
    call.failures.push(String(error))
  }
}

/** For what changes nothing: whoever is not answered asks again. */
async function insistently<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask()
    } catch (error) {
      if (tries === REQUESTS) throw error
    }
  }
}

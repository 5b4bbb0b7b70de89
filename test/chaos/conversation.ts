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

/** Milliseconds after which a client asks again for what is no call of a tool. */
const PATIENCE_MS = 15_000
/** A call that the client had to ask for so often has failed. */
const REQUESTS_PER_CALL = 5

/**
 * A client comes, looks what there is, calls some tools, one after another, and leaves. It does what
 * real ones do when a connection breaks: in the legacy era the library goes on with the stream, in
 * the modern era a lost request is asked for anew (MCP 2026-07-28, basic/transports/streamable-http).
 */
export async function converse(
  at: URL,
  random: Random,
  over: (call: ClientCall) => void,
): Promise<void> {
  const era = random.pick(ERAS)
  const open = era === 'legacy' ? legacyClient : modernClient
  await using client = await insistently(() => open(at, { timeoutMs: PATIENCE_MS }))
  await insistently(() => client.tools())
  for (let left = 2 + random.below(4); left > 0; left--) {
    const call = nextCall(era, random)
    await make(call, client)
    over(call)
  }
}

function nextCall(era: Era, random: Random): ClientCall & { args: Record<string, unknown> } {
  const tool = random.pick<ToolName>(['count', 'count', 'rest', 'brief'])
  const token = crypto.randomUUID()
  const steps = tool === 'count' ? 2 + random.below(6) : 0
  const pause = tool === 'count' ? 0.05 + random.below(6) / 10 : random.below(40) / 10
  const args =
    tool === 'count' ? { token, steps, pause } : tool === 'rest' ? { token, pause } : { token }
  return { era, tool, token, result: null, progress: [], steps, failures: [], args }
}

async function make(call: ClientCall & { args: Record<string, unknown> }, client: TestClient) {
  while (call.result === null && call.failures.length < REQUESTS_PER_CALL) {
    call.progress = []
    const { progress } = call
    try {
      call.result = await client.call(`chaos__${call.tool}`, call.args, (news) =>
        progress.push(news.progress),
      )
    } catch (error) {
      call.failures.push(new Date().toISOString() + String(error))
      if (call.era === 'legacy') return
    }
  }
}

/** For what changes nothing: whoever is not answered asks again. */
async function insistently<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask()
    } catch (error) {
      if (tries === REQUESTS_PER_CALL) throw error
    }
  }
}

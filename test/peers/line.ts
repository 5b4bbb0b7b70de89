import { z } from 'zod'
import { ExecutionList } from '#contract/admin-api.ts'
import { legacyClient, type TestClient } from '../clients.ts'
import { startEdge, startStack, type Edge, type Stack } from '../stack.ts'

/** What peers call: one tool for each thing that a client can do with a running call. */
const TOOLS = {
  count: `
async def main(to: int) -> int:
    """Counts, and says how far it is."""
    for n in range(1, to + 1):
        await ctx.progress(n, to, f"at {n}")
    return to
`,
  wait: `
import asyncio

async def main(who: str):
    """Says that it has begun, and waits to be cancelled."""
    await ctx.progress(0, 1, "begun")
    await asyncio.sleep(25)
`,
  nap: `
import asyncio

async def main(seconds: float) -> str:
    """Says that it has begun, and ends by itself."""
    await ctx.progress(0, 1, "begun")
    await asyncio.sleep(seconds)
    return "rested"
`,
  greet: `
FORM = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}

async def main():
    """Greets whoever says a name."""
    answer = await ctx.elicit("Who is there?", FORM)
    return f"Hello, {answer.content['name']}!"
`,
}

const Asked = z.object({ approval: z.string() })

/** A stack behind its Worker, with the tools of the server `peers`. */
export interface PeerLine extends AsyncDisposable {
  stack: Stack
  edge: Edge
  /** Has somebody write a further tool and approves it: the list of tools is another one then. */
  publish(name: string, code: string): Promise<void>
  /** How the calls of a tool with these arguments ended, the last one first. */
  outcomesOf(tool: string, args: Record<string, unknown>): Promise<string[]>
  /** Restarts origin, sandbox and Worker, none of them asked first. */
  restartAll(): Promise<void>
}

/** @param databaseServer url of a PostgreSQL */
export async function startPeerLine(databaseServer: string): Promise<PeerLine> {
  await using starting = new AsyncDisposableStack()
  const stack = starting.use(await startStack({ databaseServer }))
  const edge = starting.use(await startEdge(stack))
  const author = starting.use(await legacyClient(stack.origins[0]?.mcp ?? edge.signedIn))
  await author.call('mcpbox_create_server', { name: 'peers' })
  for (const [name, code] of Object.entries(TOOLS)) await publishTool(stack, author, name, code)
  const running = starting.move()
  return {
    stack,
    edge,
    publish: (name, code) => publishTool(stack, author, name, code),
    async outcomesOf(tool, args) {
      const read = await stack.read(`/api/executions?tool=${tool}`)
      return ExecutionList.parse(read)
        .items.filter((of) => JSON.stringify(of.arguments) === JSON.stringify(args))
        .map((of) => of.outcome ?? 'running')
    },
    async restartAll() {
      await stack.restartOrigin(0)
      await stack.restartSandbox()
      await edge.restartWorker()
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

async function publishTool(
  stack: Stack,
  author: TestClient,
  name: string,
  code: string,
): Promise<void> {
  await author.call('mcpbox_create_tool', { server: 'peers', name, code })
  const asked = await author.call('mcpbox_request_publish', { server: 'peers', name })
  await stack.approve(Asked.parse(asked.structured).approval)
}

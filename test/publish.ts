import { z } from 'zod'
import { legacyClient } from './clients.ts'
import type { Stack } from './stack.ts'

/** A tool to be: its code, or that with more of what `mcpbox_create_tool` takes. */
export type ToolText = string | ({ code: string } & Record<string, unknown>)

/** Writes tools of a new server over MCP, as the one signed in there, and has the admin approve them. */
export async function publish(
  stack: Stack,
  signedIn: URL,
  server: string,
  tools: Record<string, ToolText>,
): Promise<void> {
  await using author = await legacyClient(signedIn)
  await author.call('mcpbox_create_server', { name: server })
  for (const [name, text] of Object.entries(tools)) {
    const written = typeof text === 'string' ? { code: text } : text
    await author.call('mcpbox_create_tool', { server, name, ...written })
    const asked = await author.call('mcpbox_request_publish', { server, name })
    await stack.approve(z.object({ approval: z.string() }).parse(asked.structured).approval)
  }
}

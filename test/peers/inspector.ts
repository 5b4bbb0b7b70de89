import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const LAUNCHER = fileURLToPath(
  new URL(
    '../../node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js',
    import.meta.url,
  ),
)

const HOW = ['--transport', 'http', '--format', 'json', '--quiet']

/**
 * Runs the command line of the MCP Inspector once, with a home of its own, and gives the result
 * that it printed.
 * @param era what it negotiates: legacy, auto or modern
 * @throws with its words when it ends with an error
 */
export async function inspect(
  base: URL,
  era: string,
  args: string[],
): Promise<Record<string, unknown>> {
  const home = await mkdtemp(join(tmpdir(), 'mcpbox-inspector-'))
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [LAUNCHER, '--cli', new URL('/mcp', base).href, ...HOW, '--protocol-era', era, ...args],
      { env: { ...process.env, HOME: home } },
    )
    return JSON.parse(stdout).result
  } finally {
    await rm(home, { recursive: true })
  }
}

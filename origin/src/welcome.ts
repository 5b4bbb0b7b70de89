import type { Origin } from './compose.ts'
import type { Config } from './config.ts'

/** What `npm start` prints when everything runs: what to open, and how well calls are confined. */
export function welcome(
  origin: Origin,
  { host, tunnelHost }: Pick<Config, 'host' | 'tunnelHost'>,
): string {
  const shown = host === '127.0.0.1' ? 'localhost' : host
  const admin = `http://${shown}:${origin.adminPort}`
  const { level, layers } = origin.isolation
  return [
    'MCPbox is running.',
    '',
    `  MCP address      http://${shown}:${origin.port}/mcp`,
    `  Admin address    ${admin}`,
    ...(origin.setupToken === null
      ? []
      : [`  First admin      ${admin}/setup?token=${origin.setupToken}`]),
    `  Tunnel door      http://${tunnelHost}:${origin.tunnelPort}`,
    `  Sandbox          isolation ${level} (${layers.join(', ')})`,
    `  Database         ${origin.database}`,
    '',
  ].join('\n')
}

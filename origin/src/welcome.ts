import type { Origin } from './compose.ts'
import type { Config } from './config.ts'

/** What `npm start` prints when everything runs: what to open, and how well calls are confined. */
export function welcome(
  origin: Omit<Origin, 'sandboxUrl' | keyof AsyncDisposable>,
  { host, tunnelHost }: Pick<Config, 'host' | 'tunnelHost'>,
): string {
  const shown = host === '127.0.0.1' ? 'localhost' : host
  const admin = `http://${shown}:${origin.adminPort}`
  const { isolation, missing, self_test: selfTest } = origin.confinement
  return [
    'MCPbox is running.',
    '',
    `  MCP address      http://${shown}:${origin.port}/mcp`,
    `  Admin address    ${admin}`,
    ...(origin.setupToken === null
      ? []
      : [`  First admin      ${admin}/setup?token=${origin.setupToken}`]),
    `  Tunnel door      http://${tunnelHost}:${origin.tunnelPort}`,
    `  Sandbox          isolation ${isolation.level} (${isolation.layers.join(', ')})`,
    `                   ${selfTest.passed.length} attacks tried just now, none worked`,
    ...missing.map(
      ({ layer, reason, fix }) => `                   without ${layer}: ${reason}; ${fix}`,
    ),
    `  Database         ${origin.database}`,
    '',
  ].join('\n')
}

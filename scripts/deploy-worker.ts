import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readConfig } from '../origin/src/config.ts'
import { readSecrets, SECRETS_FILE } from '../origin/src/secrets-file.ts'
import { ask } from './cli/ask.ts'
import { deployWorker } from './deploy/deploy.ts'
import { DeployFailure } from './deploy/failure.ts'
import { wranglerIn } from './deploy/worker/wrangler.ts'

const folder = fileURLToPath(new URL('../.mcpbox', import.meta.url))

/** `npx mcpbox deploy-worker …` at a terminal, with the settings of this process. */
export async function runDeployWorker(args: string[]): Promise<void> {
  const { env } = process
  await deployWorker(args, {
    terminal: {
      say: (text) => console.log(text),
      ask: process.stdin.isTTY ? ask : null,
    },
    env,
    deployKey: () => deployKeyOf(env),
    folder,
    wranglerIn,
    verifier: {
      fetch,
      now: () => Date.now(),
      pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    },
  })
}

async function deployKeyOf(env: NodeJS.ProcessEnv): Promise<string> {
  const given = env['MCPBOX_DEPLOY_KEY'] ?? ''
  if (given !== '') return given
  const { dataFolder } = readConfig(env)
  // Only an origin makes secrets; new ones would open nothing.
  if (!existsSync(join(dataFolder, SECRETS_FILE)))
    throw new DeployFailure(
      `There is no ${SECRETS_FILE} in ${dataFolder}. Say where MCPbox keeps it (MCPBOX_DATA), or set MCPBOX_DEPLOY_KEY.`,
    )
  return (await readSecrets(dataFolder, env)).MCPBOX_DEPLOY_KEY
}

import { join, resolve } from 'node:path'
import { z } from 'zod'
import { FORMABLE_LEVELS } from './levels/layers.ts'

/** As root, confined processes are a user who need not be able to enter the data folder. */
const ROOTS_MODULE_SETS = '/var/lib/mcpbox/module-sets'

/** Each call may be a user of its own (CALL_IDS), and so are the children that wait for calls. */
const MOST_RUNS = 256

/** What the sandbox needs to know to start. The environment is read here and nowhere else. */
export const Config = z
  .object({
    SANDBOX_API_KEY: z
      .string('SANDBOX_API_KEY is not set; give it a secret of at least 32 characters')
      .min(32, 'SANDBOX_API_KEY is too short; give it a secret of at least 32 characters'),
    SANDBOX_HOST: z.string().min(1).default('127.0.0.1'),
    SANDBOX_PORT: z.coerce
      .number('SANDBOX_PORT is not a number')
      .int('SANDBOX_PORT is not a whole number')
      .min(0, 'SANDBOX_PORT is not a port number')
      .max(65_535, 'SANDBOX_PORT is not a port number')
      .default(8001),
    SANDBOX_MAX_RUNS: z.coerce
      .number('SANDBOX_MAX_RUNS is not a number')
      .int('SANDBOX_MAX_RUNS is not a whole number')
      .positive('SANDBOX_MAX_RUNS is not above zero')
      .max(MOST_RUNS, `SANDBOX_MAX_RUNS is more than ${MOST_RUNS}`)
      .default(64),
    SANDBOX_EXIT_WITH_PARENT: z
      .enum(['0', '1'], 'SANDBOX_EXIT_WITH_PARENT is neither 0 nor 1')
      .default('0'),
    SANDBOX_CGROUP: z
      .string()
      .startsWith('/', 'SANDBOX_CGROUP is not the full path of a folder')
      .optional(),
    MCPBOX_PYTHON: z.string().min(1).optional(),
    MCPBOX_DATA: z.string().min(1).default('./data'),
    /** Folder of installed packages. */
    MCPBOX_MODULE_SETS: z.string().min(1).optional(),
    /** Database of known vulnerabilities, with the API of OSV. */
    OSV_URL: z
      .url({ protocol: /^https?$/, error: 'OSV_URL is not an http address' })
      .default('https://api.osv.dev'),
    MCPBOX_SANDBOX_MIN: z
      .enum(FORMABLE_LEVELS, `MCPBOX_SANDBOX_MIN is not one of ${FORMABLE_LEVELS.join(', ')}`)
      .default('S2'),
  })
  .transform((env) => ({
    apiKey: env.SANDBOX_API_KEY,
    host: env.SANDBOX_HOST,
    port: env.SANDBOX_PORT,
    maxRuns: env.SANDBOX_MAX_RUNS,
    exitWithParent: env.SANDBOX_EXIT_WITH_PARENT === '1',
    controlGroup: env.SANDBOX_CGROUP ?? null,
    python: env.MCPBOX_PYTHON ?? null,
    minimum: env.MCPBOX_SANDBOX_MIN,
    moduleSets: resolve(env.MCPBOX_MODULE_SETS ?? usualModuleSets(env.MCPBOX_DATA)),
    advisories: env.OSV_URL,
  }))
export type Config = z.infer<typeof Config>

function usualModuleSets(data: string): string {
  return process.geteuid?.() === 0 ? ROOTS_MODULE_SETS : join(data, 'module-sets')
}

export class BadConfig extends Error {}

/** BadConfig names every variable that is wrong, one sentence each. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const config = Config.safeParse(set)
  if (config.success) return config.data
  throw new BadConfig(config.error.issues.map((issue) => issue.message).join('. '))
}

import { z } from 'zod'
import { FORMABLE_LEVELS } from './levels/layers.ts'

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
    SANDBOX_MAX_RUNS: z.coerce.number().int().positive().default(64),
    SANDBOX_EXIT_WITH_PARENT: z
      .enum(['0', '1'], 'SANDBOX_EXIT_WITH_PARENT is neither 0 nor 1')
      .default('0'),
    MCPBOX_PYTHON: z.string().min(1).optional(),
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
    python: env.MCPBOX_PYTHON ?? null,
    minimum: env.MCPBOX_SANDBOX_MIN,
  }))
export type Config = z.infer<typeof Config>

export class BadConfig extends Error {}

/** BadConfig names every variable that is wrong, one sentence each. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const config = Config.safeParse(set)
  if (config.success) return config.data
  throw new BadConfig(config.error.issues.map((issue) => issue.message).join('. '))
}

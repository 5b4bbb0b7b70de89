import { PIP_VARIABLES } from '#contract/packages.ts'

/**
 * The environment of what fetches. As root it runs as a user without a home, so that of pip's
 * configuration files only those for the whole machine count; otherwise the owner's count, too.
 */
export function fetchingEnvironment(
  env: NodeJS.ProcessEnv,
  { asRoot, scratch }: { asRoot: boolean; scratch: string },
): NodeJS.ProcessEnv {
  const passed = Object.entries(env).filter(([name]) => PIP_VARIABLES.test(name))
  return {
    ...Object.fromEntries(passed),
    PATH: env['PATH'],
    HOME: asRoot ? scratch : (env['HOME'] ?? scratch),
    TMPDIR: scratch,
  }
}

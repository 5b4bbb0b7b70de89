/** What pip reads of its environment: where its index is, and how to get there. */
export const FETCHING_VARIABLES =
  /^(PIP_\w+|\w+_proxy|\w+_PROXY|SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE|XDG_CONFIG_\w+)$/

/**
 * The environment of what fetches. As root it runs as a user without a home, so that of pip's
 * configuration files only those for the whole machine count; otherwise the owner's count, too.
 */
export function fetchingEnvironment(
  env: NodeJS.ProcessEnv,
  { asRoot, scratch }: { asRoot: boolean; scratch: string },
): NodeJS.ProcessEnv {
  const passed = Object.entries(env).filter(([name]) => FETCHING_VARIABLES.test(name))
  return {
    ...Object.fromEntries(passed),
    PATH: env['PATH'],
    HOME: asRoot ? scratch : (env['HOME'] ?? scratch),
    TMPDIR: scratch,
  }
}

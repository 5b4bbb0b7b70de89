import { ensureInstalled, root, run } from './bootstrap.mjs'

/** `npm test`: types, lint, format, then every test project. Arguments go to Vitest. */
ensureInstalled({ dev: true })
const tool = (name) => `${root}node_modules/${name}`
const steps = [
  [tool('typescript/bin/tsc'), '-b'],
  [tool('oxlint/bin/oxlint'), '--deny-warnings'],
  [tool('oxfmt/bin/oxfmt'), '--check'],
  [tool('vitest/vitest.mjs'), 'run', ...process.argv.slice(2)],
]
const quiet = {
  WRANGLER_SEND_METRICS: 'false',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  DO_NOT_TRACK: '1',
}
let status = 0
for (const step of steps) {
  status = run(step, quiet)
  if (status !== 0) break
}
process.exitCode = status

import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, parse } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))
export const WORKER_CONFIG = join(root, 'wrangler.toml')

/** A Worker as `wrangler deploy` would upload it. Disposing it removes the files. */
export interface WorkerBundle extends AsyncDisposable {
  /** Path of its one module. */
  script: string
}

/**
 * Builds the Worker of a wrangler configuration.
 * @param entry source file that takes the place of the one that the configuration names
 * @throws with wrangler's words when it does not build
 */
export async function buildWorker(config = WORKER_CONFIG, entry?: string): Promise<WorkerBundle> {
  const folder = await mkdtemp(join(tmpdir(), 'mcpbox-worker-'))
  const wrangler = join(root, 'node_modules/wrangler/bin/wrangler.js')
  await promisify(execFile)(
    process.execPath,
    [
      wrangler,
      'deploy',
      ...(entry === undefined ? [] : [entry]),
      '--dry-run',
      '--env=',
      '--config',
      config,
      '--outdir',
      folder,
    ],
    {
      cwd: root,
      env: {
        ...process.env,
        WRANGLER_SEND_METRICS: 'false',
        WRANGLER_LOG_PATH: folder,
        CI: 'true',
      },
    },
  )
  return {
    script: join(folder, entry === undefined ? 'index.js' : `${parse(entry).name}.js`),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}

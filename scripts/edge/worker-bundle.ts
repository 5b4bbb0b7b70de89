import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))
export const WORKER_CONFIG = join(root, 'wrangler.toml')

/** A Worker as `wrangler deploy` would upload it. Disposing it removes the files. */
export interface WorkerBundle extends AsyncDisposable {
  /** Path of its one module; the source is named index.ts. */
  script: string
}

/**
 * Builds the Worker of a wrangler configuration.
 * @throws with wrangler's words when it does not build
 */
export async function buildWorker(config = WORKER_CONFIG): Promise<WorkerBundle> {
  const folder = await mkdtemp(join(tmpdir(), 'mcpbox-worker-'))
  const wrangler = join(root, 'node_modules/wrangler/bin/wrangler.js')
  await promisify(execFile)(
    process.execPath,
    [wrangler, 'deploy', '--dry-run', '--env=', '--config', config, '--outdir', folder],
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
    script: join(folder, 'index.js'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}

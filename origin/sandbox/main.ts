import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { createAdaptorServer } from '@hono/node-server'
import { sandboxApp } from './api/app.ts'
import { BadConfig, readConfig } from './config.ts'
import { TooWeak } from './levels/too-weak.ts'
import { startSupervisor } from './supervisor.ts'

/**
 * Aborts when the process is asked to stop; with `withParent`, also when the parent's end of
 * standard input closes, which the kernel does for a parent of any death.
 */
function stopSignal(withParent: boolean): AbortSignal {
  const stop = new AbortController()
  process.once('SIGTERM', () => stop.abort())
  process.once('SIGINT', () => stop.abort())
  if (withParent) {
    process.stdin.once('end', () => stop.abort())
    process.stdin.once('close', () => stop.abort())
    process.stdin.resume()
  }
  return stop.signal
}

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

async function main(): Promise<void> {
  const config = readConfig(process.env)
  const stop = stopSignal(config.exitWithParent)
  await using supervisor = await startSupervisor(config, process.env)
  const app = sandboxApp({ ...supervisor, apiKey: config.apiKey })
  const server = createAdaptorServer({ fetch: app.fetch })
  server.listen(config.port, config.host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const { isolation, missing } = supervisor.health()
  say({ event: 'listening', port, isolation, missing })
  if (!stop.aborted) await once(stop, 'abort')
  server.close()
  await supervisor.runs.close()
  if ('closeAllConnections' in server) server.closeAllConnections()
  process.stdin.destroy()
}

await main().catch((error: unknown) => {
  const expected = error instanceof BadConfig || error instanceof TooWeak
  process.stderr.write(`${expected ? error.message : inspect(error)}\n`)
  process.exitCode = 1
  process.stdin.destroy()
})

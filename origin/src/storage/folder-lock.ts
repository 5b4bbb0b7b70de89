import { stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'

/**
 * Keeps `folder` for this process, by listening at an address that only one process can hold. On
 * Linux and Windows the kernel frees it whatever way the process ends; elsewhere a killed process
 * leaves a socket file, which the error names.
 * @throws when another process holds it.
 */
export async function lockFolder(folder: string): Promise<AsyncDisposable> {
  const address = await lockAddress(folder)
  const server = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', (fault: NodeJS.ErrnoException) =>
      reject(
        fault.code === 'EADDRINUSE'
          ? new Error(
              `${folder} is in use by another MCPbox process` +
                (address.startsWith(folder) ? `, or one was killed and left ${address}` : ''),
            )
          : fault,
      ),
    )
    server.listen(address, resolve)
  })
  server.unref()
  return {
    [Symbol.asyncDispose]: () =>
      new Promise((resolve, reject) =>
        server.close((fault) => (fault === undefined ? resolve() : reject(fault))),
      ),
  }
}

async function lockAddress(folder: string): Promise<string> {
  const { dev, ino } = await stat(folder, { bigint: true })
  if (process.platform === 'linux') return `\0mcpbox-data-${dev}-${ino}`
  if (process.platform === 'win32') return `\\\\.\\pipe\\mcpbox-data-${dev}-${ino}`
  return join(folder, 'lock.sock')
}

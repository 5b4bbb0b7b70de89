import { randomUUID } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type ListenOptions } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A host file that any user may read and its owner may change. */
export async function fileCanary() {
  const folder = await mkdtemp(join(tmpdir(), 'canary-'))
  await chmod(folder, 0o777)
  const path = join(folder, 'file')
  const text = randomUUID()
  await writeFile(path, text)
  await chmod(path, 0o666)
  return {
    path,
    folder,
    /** Content, mode and time of change, as one text. */
    async state() {
      const { mode, mtimeMs } = await stat(path)
      return `${await readFile(path, 'utf8')} ${mode.toString(8)} ${mtimeMs}`
    },
    text,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

/** A stream server that counts who comes: TCP, a unix socket by path, or an abstract one. */
export async function serverCanary(where: ListenOptions) {
  let visits = 0
  const server = createServer((socket) => {
    visits++
    socket.destroy()
  })
  server.listen(where)
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' ? (address as AddressInfo).port : 0,
    visits: () => visits,
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
    },
  }
}

/** A UDP socket that counts what it gets. */
export async function udpCanary() {
  let visits = 0
  const socket = createSocket('udp4', () => visits++)
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    port: socket.address().port,
    visits: () => visits,
    async [Symbol.asyncDispose]() {
      socket.close()
      await once(socket, 'close')
    },
  }
}

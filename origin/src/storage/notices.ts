import type { PGlite } from '@electric-sql/pglite'
import { Client } from 'pg'
import type { Channel, NoticeBoard } from '../domain/notices.ts'

const CHANNELS: readonly Channel[] = [
  'mcpbox_catalog',
  'mcpbox_operation',
  'mcpbox_cancel',
  'mcpbox_activity',
  'mcpbox_approval',
  'mcpbox_grants',
  'mcpbox_tunnel_keys',
]

type Listener = Parameters<NoticeBoard['on']>[1]

/** NOTIFY of all replicas (PostgreSQL, sql-notify), as calls. */
export interface Notices extends NoticeBoard, AsyncDisposable {}

/** Longest pause between two tries to get the listening connection back. */
const RECONNECT_MAX_MS = 5_000

class Board implements Notices {
  readonly #listeners = new Map<Channel, Set<Listener>>(CHANNELS.map((name) => [name, new Set()]))
  readonly #end: () => Promise<void>

  constructor(end: () => Promise<void>) {
    this.#end = end
  }

  on(channel: Channel, listener: Listener): Disposable {
    const listeners = this.#listeners.get(channel)
    listeners?.add(listener)
    return { [Symbol.dispose]: () => listeners?.delete(listener) }
  }

  tell(channel: string, payload: string | null): void {
    for (const [name, listeners] of this.#listeners)
      if (name === channel) for (const listener of listeners) listener(payload)
  }

  tellAll(): void {
    for (const channel of CHANNELS) this.tell(channel, null)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#end()
  }
}

/** Notices of the embedded database: one process, nothing to lose. */
export async function pgliteNotices(client: PGlite): Promise<Notices> {
  const board = new Board(async () => {})
  client.onNotification((channel, payload) => board.tell(channel, payload))
  for (const channel of CHANNELS) await client.exec(`listen ${channel}`)
  return board
}

/**
 * Notices of PostgreSQL, over a connection of their own (LISTEN needs a session, so it must not go
 * through a pooler in transaction mode). A lost connection is sought again until disposal; then
 * every listener is told to look for itself.
 */
export async function postgresNotices(
  url: string,
  onFault: (fault: unknown) => void,
): Promise<Notices> {
  const ended = new AbortController()
  let client: Client | null = null
  const board = new Board(async () => {
    ended.abort()
    await client?.end()
  })

  async function connect(): Promise<void> {
    const next = new Client({ connectionString: url, keepAlive: true })
    next.on('notification', ({ channel, payload }) => board.tell(channel, payload ?? null))
    next.on('error', onFault)
    try {
      await next.connect()
      for (const channel of CHANNELS) await next.query(`listen ${channel}`)
    } catch (fault) {
      await next.end()
      throw fault
    }
    next.on('end', () => void reconnect())
    client = next
  }

  async function reconnect(): Promise<void> {
    for (let pause = 100; !ended.signal.aborted; pause = Math.min(pause * 2, RECONNECT_MAX_MS)) {
      try {
        await connect()
        board.tellAll()
        return
      } catch (fault) {
        onFault(fault)
        await new Promise((resolve) => setTimeout(resolve, pause))
      }
    }
  }

  await connect()
  return board
}

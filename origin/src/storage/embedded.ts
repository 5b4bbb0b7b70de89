import { fsyncSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { NodeFS } from '@electric-sql/pglite/nodefs'
import { lockFolder } from './folder-lock.ts'
import { PreparingPglite } from './preparing-pglite.ts'

/** What migrations ask for by `create extension`, which the embedded PostgreSQL has to be given. */
export const EXTENSIONS = { pg_trgm }

/** PGlite's NodeFS gives fsync no meaning; this one hands it to the file, so commits are durable. */
class SyncNodeFS extends NodeFS {
  override async init(...[pg, options]: Parameters<NodeFS['init']>) {
    const result = await super.init(pg, options)
    result.emscriptenOpts.preRun = [
      ...(result.emscriptenOpts.preRun ?? []),
      (module: { NODEFS: { stream_ops: Record<string, unknown> } }) => {
        module.NODEFS.stream_ops['fsync'] = (stream: { nfd?: number }) => {
          if (stream.nfd !== undefined) fsyncSync(stream.nfd)
          return 0
        }
      },
    ]
    return result
  }
}

/**
 * Opens the embedded PostgreSQL in `folder` (created when missing). The folder is locked against a
 * second process, which PGlite itself would let in and lose rows by.
 * @throws when another process has it open.
 */
export async function openEmbedded(
  folder: string,
): Promise<{ client: PreparingPglite } & AsyncDisposable> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const lock = await lockFolder(folder)
  try {
    const client = new PreparingPglite({
      extensions: EXTENSIONS,
      fs: new SyncNodeFS(join(folder, 'pg')),
      startParams: [
        ...PreparingPglite.defaultStartParams.filter((parameter) => parameter !== '-F'),
        '-c',
        'fsync=on',
        '-c',
        'wal_sync_method=fsync',
        '-c',
        'shared_buffers=16MB',
      ],
    })
    await client.waitReady
    return {
      client,
      async [Symbol.asyncDispose]() {
        await client.close()
        await lock[Symbol.asyncDispose]()
      },
    }
  } catch (fault) {
    await lock[Symbol.asyncDispose]()
    throw fault
  }
}

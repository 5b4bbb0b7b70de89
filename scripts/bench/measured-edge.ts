import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { startStack } from '../../test/stack.ts'
import { startLocalAccess, type LocalAccess } from '../../test/access-team/local-access.ts'
import { serveWorker } from '../edge/local-worker.ts'
import { workerSecrets } from '../edge/origin-process.ts'
import { buildWorker, WORKER_CONFIG } from '../edge/worker-bundle.ts'
import { startedWorkerds, type Workerd } from './processor-time.ts'

const ENTRY = fileURLToPath(new URL('../../worker/testing/measured-worker.ts', import.meta.url))
const MEASURED_PATH = '/measured'

const ObjectsOfClass = z.object({
  made: z.number(),
  requests: z.number(),
  rows: z.object({ read: z.number(), written: z.number() }),
  awakeMs: z.number(),
})

/** What the measured Worker has counted since it began; see worker/testing/measured-worker.ts. */
const Counted = z.object({
  requests: z.number(),
  fetches: z.number(),
  objects: z.object({
    McpSession: ObjectsOfClass,
    EdgeMemory: ObjectsOfClass,
    RateBudget: ObjectsOfClass,
  }),
})
export type Counted = z.infer<typeof Counted>

/** The Worker that counts, in workerd, before a whole origin with a published tool `bench__add`. */
export interface MeasuredEdge extends AsyncDisposable {
  access: LocalAccess
  worker: URL
  workerd: Workerd
  /** Folder in which workerd keeps what the objects stored. */
  storage: string
  counted(): Promise<Counted>
}

const CODE = 'async def main(a: int, b: int):\n    """Adds."""\n    return {"sum": a + b}\n'

/** @param author publishes a tool at this origin, as an assistant does */
export async function startMeasuredEdge(
  author: (origin: URL) => Promise<{
    call(name: string, args: object): Promise<{ structured: unknown }>
  }>,
): Promise<MeasuredEdge> {
  await using starting = new AsyncDisposableStack()
  const stack = starting.use(await startStack())
  const [origin] = stack.origins
  if (origin === undefined) throw new Error('the stack has no origin')
  const writer = await author(origin.mcp)
  await writer.call('mcpbox_create_server', { name: 'bench' })
  await writer.call('mcpbox_create_tool', { server: 'bench', name: 'add', code: CODE })
  const asked = await writer.call('mcpbox_request_publish', { server: 'bench', name: 'add' })
  await stack.approve(z.object({ approval: z.string() }).parse(asked.structured).approval)

  const access = starting.use(await startLocalAccess())
  const bundle = starting.use(await buildWorker(WORKER_CONFIG, ENTRY))
  const storage = await mkdtemp(join(tmpdir(), 'mcpbox-objects-'))
  starting.defer(() => rm(storage, { recursive: true }))
  const worker = starting.use(
    await serveWorker(bundle, {
      access,
      origin: origin.tunnel,
      publicUrl: new URL('http://127.0.0.1'),
      secrets: await workerSecrets(origin, stack.secrets['MCPBOX_DEPLOY_KEY'] ?? ''),
      allowedOrigins: [],
      storage,
    }),
  )
  const [workerd] = await startedWorkerds()
  if (workerd === undefined) throw new Error('no workerd is running')
  const running = starting.move()
  return {
    access,
    worker: worker.url,
    workerd,
    storage,
    async counted() {
      const response = await fetch(new URL(MEASURED_PATH, worker.url))
      return Counted.parse(await response.json())
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

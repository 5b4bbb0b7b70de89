import { Hono } from 'hono'
import { FactsRequest, LockRequest, type PackageNews, SetRequest } from '#contract/packages.ts'
import { PackageRefusal } from '../packages/package-refusal.ts'
import type { PackageSource } from '../packages/package-source.ts'
import type { Wanted } from '../packages/module-sets.ts'
import { SANDBOX_HEARTBEAT_MS } from '../runs/event-log.ts'
import { readBody } from './body.ts'

/** How packages get onto this machine, and what is known of them. */
export function packageRoutes(packages: PackageSource): Hono {
  const routes = new Hono()

  routes.post('/module-locks', async (context) => {
    const { packages: pins } = await readBody(context.req.raw, LockRequest)
    return told(async (wanted) => ({ type: 'locked', lock: await packages.lock(pins, wanted) }))
  })

  routes.post('/module-sets', async (context) => {
    const { lock } = await readBody(context.req.raw, SetRequest)
    return told(async (wanted) => {
      await packages.sets.folderOf(lock, wanted)
      return { type: 'installed' }
    })
  })

  routes.post('/package-facts', async (context) => {
    const { packages: asked } = await readBody(context.req.raw, FactsRequest)
    return context.json(await packages.facts(asked, context.req.raw.signal))
  })
  return routes
}

/** News of work, line by line, up to its end. A reader that leaves ends the work. */
function told(work: (wanted: Wanted) => Promise<PackageNews>): Response {
  const encoder = new TextEncoder()
  const left = new AbortController()
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const tell = (news: PackageNews) => {
        if (!left.signal.aborted) controller.enqueue(encoder.encode(`${JSON.stringify(news)}\n`))
      }
      const beat = setInterval(() => tell({ type: 'heartbeat' }), SANDBOX_HEARTBEAT_MS)
      const wanted = {
        news: (message: string) => tell({ type: 'progress', message }),
        signal: left.signal,
      }
      void work(wanted)
        .catch(toNews)
        .then(tell)
        .then(
          () => left.signal.aborted || controller.close(),
          (error: unknown) => left.signal.aborted || controller.error(error),
        )
        .finally(() => clearInterval(beat))
    },
    cancel: () => left.abort(),
  })
  return new Response(body, {
    headers: { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' },
  })
}

function toNews(error: unknown): PackageNews {
  if (error instanceof PackageRefusal) return { type: 'refused', message: error.message }
  throw error
}

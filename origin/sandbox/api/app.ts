import { Hono } from 'hono'
import { z } from 'zod'
import { AskReplies } from '#contract/asks.ts'
import { RunOrder, type SandboxHealth, Source } from '#contract/sandbox.ts'
import { WithdrawRequest } from '#contract/withdrawal.ts'
import type { Analyze } from '../calls/analyze.ts'
import type { PackageSource } from '../packages/package-source.ts'
import type { Registry } from '../runs/registry.ts'
import { readBody } from './body.ts'
import { requireKey } from './key.ts'
import { ndjson } from './ndjson.ts'
import { packageRoutes } from './packages.ts'
import { answerProblem, Refusal } from './problem.ts'

export type Parts = {
  apiKey: string
  runs: Registry
  analyze: Analyze
  packages: PackageSource
  health: () => SandboxHealth
}

const After = z.coerce.number().int().nonnegative().default(0)

/** The sandbox's door (contract/sandbox.ts). Everything but health needs the key. */
export function sandboxApp({ apiKey, runs, analyze, packages, health }: Parts): Hono {
  const app = new Hono()
  app.onError(answerProblem)
  app.notFound(() => {
    throw new Refusal(404, 'not_found', 'there is nothing here')
  })
  app.get('/health', (context) => context.json(health()))
  app.use(requireKey(apiKey))

  app.post('/runs', async (context) => {
    const { boot_id, run } = await readBody(context.req.raw, RunOrder)
    if (boot_id !== health().boot_id) {
      throw new Refusal(409, 'operation_conflict', 'the sandbox started anew; its runs are gone')
    }
    const log = runs.start(run)
    if (log === 'busy') throw new Refusal(503, 'busy', 'every place is taken; try again')
    if (log === 'forgotten')
      throw new Refusal(410, 'operation_conflict', 'that run ended; its end is not kept any more')
    return ndjson(log.follow(0))
  })

  app.get('/runs/:id/events', (context) => {
    const log = runs.find(context.req.param('id'))
    if (log === null) throw unknownRun()
    const after = After.safeParse(context.req.query('after'))
    if (!after.success) throw new Refusal(400, 'invalid_request', 'after: not a sequence number')
    return ndjson(log.follow(after.data))
  })

  app.post('/runs/:id/replies', async (context) => {
    const replies = await readBody(context.req.raw, AskReplies)
    if (!runs.reply(context.req.param('id'), replies)) throw unknownRun()
    return context.body(null, 204)
  })

  app.post('/runs/:id/withdrawals', async (context) => {
    const { withdrawals } = await readBody(context.req.raw, WithdrawRequest)
    runs.withdraw(context.req.param('id'), withdrawals)
    return context.body(null, 204)
  })

  app.delete('/runs/:id', async (context) => {
    if (!(await runs.cancel(context.req.param('id')))) throw unknownRun()
    return context.body(null, 204)
  })

  app.post('/analyses', async (context) => {
    const source = await readBody(context.req.raw, Source)
    return context.json(await analyze(source, context.req.raw.signal))
  })

  app.route('/', packageRoutes(packages))
  return app
}

function unknownRun(): Refusal {
  return new Refusal(404, 'operation_unknown', 'there is no run of this id, or no longer')
}

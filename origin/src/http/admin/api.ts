import { Hono, type Context } from 'hono'
import { z } from 'zod'
import {
  type ActivityList,
  type ApprovalList,
  ApprovalState,
  DecisionRequest,
  type ExecutionList,
  type SecretList,
  SecretValue,
  type ServerList,
} from '#contract/admin-api.ts'
import { Name, parseWireName, SecretName } from '#contract/names.ts'
import type { Approval } from '../../domain/approvals/approval-store.ts'
import { decide } from '../../domain/approvals/decide.ts'
import type { Listing } from '../../domain/listing.ts'
import { factsOf } from '../../domain/packages/facts-of.ts'
import { installAhead } from '../../domain/packages/install-ahead.ts'
import type { PackageSource } from '../../domain/packages/package-source.ts'
import { refuse } from '../../domain/refusal.ts'
import type { Stores, Within } from '../../domain/stores.ts'
import { serverUnknown } from '../../domain/tools/callable.ts'
import type { Logger } from '../../log.ts'
import { readBody } from '../body.ts'
import { signedIn, type AdminEnv } from './signed-in.ts'
import { toolRoutes } from './tools.ts'
import { approvalView, executionView, versionView } from './views.ts'

const Limit = z.coerce.number().int().min(1).max(500).default(50)

/** `/api`: what a signed-in admin reads and decides. */
export function apiRoutes(parts: {
  stores: Stores
  within: Within
  bearerKey: string
  packages: PackageSource
  listing: Listing
  log: Logger
}) {
  const { stores, within, packages, log } = parts
  const routes = new Hono<AdminEnv>()
  routes.use(signedIn(stores.admins, parts.bearerKey))

  async function view(approval: Approval, signal: AbortSignal) {
    const version = await stores.tools.version(approval.versionId)
    if (version === null) throw new Error(`approval ${approval.id} is about no version`)
    const live = await stores.tools.versionIn(version.toolId, 'live')
    const [requestedBy, createdBy, facts] = await Promise.all([
      stores.principals.label(approval.requestedBy),
      stores.principals.label(version.createdBy),
      approval.state === 'waiting' ? factsOf(packages, version, signal) : [],
    ])
    return approvalView({ ...approval, requestedBy }, { ...version, createdBy }, facts, live)
  }

  routes.get('/approvals', async (c) => {
    const state = query(c, 'state', ApprovalState.optional())
    const asked = await stores.approvals.list(state ?? null)
    const views = await Promise.all(asked.map((approval) => view(approval, c.req.raw.signal)))
    return c.json({ approvals: views } satisfies z.input<typeof ApprovalList>)
  })

  routes.get('/approvals/:id', async (c) => {
    const id = z.uuid().safeParse(c.req.param('id'))
    const approval = id.success ? await stores.approvals.approval(id.data) : null
    if (approval === null)
      return refuse('approval_unknown', 'There is no such request for approval.')
    return c.json(await view(approval, c.req.raw.signal))
  })

  routes.post('/approvals/:id/decision', async (c) => {
    const id = z.uuid().safeParse(c.req.param('id'))
    if (!id.success) return refuse('approval_unknown', 'There is no such request for approval.')
    const decision = await readBody(c, DecisionRequest)
    const version = await within((inside) =>
      decide(inside, c.get('admin'), { approvalId: id.data, ...decision }),
    )
    if (decision.decision === 'approve')
      void installAhead(packages, version, (fault) => log.warn({ err: fault }, 'packages'))
    return c.json(versionView((await stores.tools.version(version.id)) ?? version))
  })

  routes.get('/executions', async (c) => {
    const limit = query(c, 'limit', Limit)
    const tool = c.req.query('tool')
    if (tool !== undefined && parseWireName(tool) === null)
      return c.json({ executions: [] } satisfies z.input<typeof ExecutionList>)
    const recent = await stores.executions.recent({
      limit,
      ...(tool === undefined ? {} : { tool }),
    })
    const executions = recent.map(executionView)
    return c.json({ executions } satisfies z.input<typeof ExecutionList>)
  })

  routes.get('/activity', async (c) => {
    const recent = await stores.activity.recent(query(c, 'limit', Limit))
    const told = recent.map((entry) => ({ ...entry, at: entry.at.toISOString() }))
    return c.json({ activity: told } satisfies z.input<typeof ActivityList>)
  })

  routes.get('/servers', async (c) => {
    const servers = (await stores.tools.servers()).map(
      ({ name, description, createdBy, tools }) => ({
        name,
        description,
        created_by: createdBy,
        tools,
      }),
    )
    return c.json({ servers } satisfies z.input<typeof ServerList>)
  })

  routes.get('/servers/:server/secrets', async (c) => {
    const { server } = await serverOf(c, stores)
    const secrets = (await stores.secrets.list(server)).map(({ name, updatedAt }) => ({
      name,
      updated_at: updatedAt.toISOString(),
    }))
    return c.json({ secrets } satisfies z.input<typeof SecretList>)
  })

  routes.put('/servers/:server/secrets/:name', async (c) => {
    const { server, serverId } = await serverOf(c, stores)
    const name = secretName(c)
    const { value } = await readBody(c, SecretValue)
    await within(async ({ secrets, activity }) => {
      await secrets.set(serverId, name, value)
      await activity.record({ ...by(c), action: 'secret.set', subject: `${server}/${name}` })
    })
    return c.body(null, 204)
  })

  routes.delete('/servers/:server/secrets/:name', async (c) => {
    const { server, serverId } = await serverOf(c, stores)
    const name = secretName(c)
    await within(async ({ secrets, activity }) => {
      if (!(await secrets.remove(serverId, name)))
        refuse('not_found', `The server "${server}" has no secret named ${name}.`)
      await activity.record({ ...by(c), action: 'secret.removed', subject: `${server}/${name}` })
    })
    return c.body(null, 204)
  })

  routes.route('/tools', toolRoutes(stores, parts.listing))

  return routes
}

function by(c: Context<AdminEnv>) {
  return { actor: `admin:${c.get('admin').username}` }
}

async function serverOf(c: Context<AdminEnv>, { tools }: Pick<Stores, 'tools'>) {
  const asked = c.req.param('server') ?? ''
  const server = Name.safeParse(asked)
  if (!server.success) return refuse('server_unknown', 'There is no such server.')
  return {
    server: server.data,
    serverId: (await tools.serverId(server.data)) ?? serverUnknown(server.data),
  }
}

function secretName(c: Context): SecretName {
  const name = SecretName.safeParse(c.req.param('name'))
  return name.success
    ? name.data
    : refuse('invalid_request', `name: ${name.error.issues[0]?.message}`)
}

function query<T>(c: Context, name: string, schema: z.ZodType<T>): T {
  const read = schema.safeParse(c.req.query(name))
  return read.success
    ? read.data
    : refuse('invalid_request', `${name}: ${read.error.issues[0]?.message}`)
}

import { Hono, type Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { z } from 'zod'
import type { WorkerSecrets } from '#contract/admin-api.ts'
import {
  DeploymentChange,
  type ActiveTunnelToken,
  type Deployment,
  type DeploymentChanged,
  type Rotation,
  type RotationUnderWay,
} from '#contract/deployment.ts'
import { deployDoer, type Doer } from '../../domain/activity.ts'
import { changeDeployment, readDeployment } from '../../domain/deployments/deployment.ts'
import { refuse } from '../../domain/refusal.ts'
import type { Stores, Within } from '../../domain/stores.ts'
import type { KeyPair } from '../../domain/tunnel-keys/key-ring.ts'
import { beginRotation, finishRotation, readKeyRing } from '../../domain/tunnel-keys/rotate.ts'
import { readBody } from '../body.ts'
import type { DoorEnv } from '../door.ts'
import { equalSecrets } from '../equal-secrets.ts'
import { seenOf } from './seen.ts'

/** What `/internal` needs beside the database. */
export interface InternalParts {
  /** For the script that deploys the Worker. */
  deployKey: string
  /** For what runs cloudflared. */
  tunnelKey: string
  /** Signs session ids at the Worker; the same for every deployment, so that sessions outlive one. */
  workerSessionKey: string
  /** Host and port at which the tunnel door listens. */
  tunnelDoor: string
}

/** `/internal`: for programs of MCPbox itself, each route with a key for its one purpose. */
export function internalRoutes({
  stores: { settings },
  within,
  internal,
}: {
  stores: Stores
  within: Within
  internal: InternalParts
}) {
  const routes = new Hono<DoorEnv>()
  const deploying = withKey('MCPBOX_DEPLOY_KEY', internal.deployKey)
  const secretsOf = (pair: KeyPair): WorkerSecrets => ({
    service_token: pair.serviceToken,
    assertion_key: pair.assertionKey,
    session_key: internal.workerSessionKey,
  })
  const rotationTo = (pair: KeyPair): Rotation => ({ id: pair.id, secrets: secretsOf(pair) })

  routes.get('/worker-secrets', deploying, async (c) =>
    c.json(secretsOf((await readKeyRing(settings)).current)),
  )

  routes.get('/rotation', deploying, async (c) => {
    const { next } = await readKeyRing(settings)
    return c.json({
      rotation: next === null ? null : rotationTo(next),
    } satisfies RotationUnderWay)
  })

  routes.post('/rotation', deploying, async (c) =>
    c.json(rotationTo(await beginRotation(within, deployer(c)))),
  )

  routes.post('/rotation/:id/finish', deploying, async (c) => {
    const id = z.uuid().safeParse(c.req.param('id'))
    if (!id.success) return refuse('rotation_unknown', 'There is no such rotation.')
    await finishRotation(within, id.data, deployer(c))
    return c.body(null, 204)
  })

  routes.get('/deployment', deploying, async (c) =>
    c.json({
      ...(await readDeployment(settings)),
      tunnel_door: internal.tunnelDoor,
    } satisfies Deployment),
  )

  routes.put('/deployment', deploying, async (c) => {
    const change = await readBody(c, DeploymentChange)
    return c.json({
      revision: await changeDeployment(within, change, deployer(c)),
    } satisfies DeploymentChanged)
  })

  routes.get(
    '/active-tunnel-token',
    withKey('MCPBOX_TUNNEL_KEY', internal.tunnelKey),
    async (c) => {
      const { record } = await readDeployment(settings)
      return c.json({ token: record.tunnel?.token ?? null } satisfies ActiveTunnelToken)
    },
  )

  return routes
}

function deployer(c: Context<DoorEnv>): Doer {
  return deployDoer(seenOf(c))
}

/** @throws Refusal unauthenticated unless the bearer is this key */
function withKey(name: string, key: string) {
  return createMiddleware<DoorEnv>(async (c, next) => {
    const given = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? ''
    if (!equalSecrets(given, key)) refuse('unauthenticated', `This needs ${name} as a bearer.`)
    c.header('cache-control', 'no-store')
    await next()
  })
}

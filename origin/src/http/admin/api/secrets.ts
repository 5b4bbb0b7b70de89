import type { Hono } from 'hono'
import { z } from 'zod'
import { ENDPOINTS } from '#contract/admin-door/endpoints.ts'
import type { SecretView } from '#contract/admin-door/secrets.ts'
import type { Name, SecretName } from '#contract/names.ts'
import {
  describeSecret,
  removeSecret,
  secretUnknown,
  setSecret,
  type SecretPlace,
} from '../../../domain/secrets/change.ts'
import { makeLink } from '../../../domain/secrets/links.ts'
import type { Secret } from '../../../domain/secrets/secret-store.ts'
import type { Stores, Within } from '../../../domain/stores.ts'
import { serverUnknown } from '../../../domain/tools/callable.ts'
import { byAdmin } from '../seen.ts'
import type { AdminEnv } from '../signed-in.ts'
import { assertMatch, tagged } from './etags.ts'
import { cursorName, cursorOf, page } from './pages.ts'
import { serve } from './serve.ts'

const byName = cursorOf(z.object({ name: cursorName }))

/** Secrets of a server: values go in, and everything else comes out. */
export function secretRoutes(
  routes: Hono<AdminEnv>,
  { stores, within }: { stores: Stores; within: Within },
): void {
  async function placeOf({ server, name }: { server: Name; name: SecretName }) {
    const serverId = (await stores.tools.serverId(server)) ?? serverUnknown(server)
    return { server, serverId, name } satisfies SecretPlace
  }

  serve(routes, ENDPOINTS.listSecrets, async ({ params: { server }, query }) => {
    if ((await stores.tools.serverId(server)) === null) serverUnknown(server)
    const after = byName.read(query.cursor)?.name ?? null
    const rows = await stores.secrets.list(server, { after, limit: query.limit + 1 })
    const key = ({ name }: Secret) => ({ name })
    return page(rows, query.limit, { view: secretView, cursor: byName, key })
  })

  serve(routes, ENDPOINTS.getSecret, async ({ params, c }) => {
    const place = await placeOf(params)
    const secret = await stores.secrets.secret(place.server, place.name)
    return tagged(c, secretView(secret ?? secretUnknown(place)))
  })

  serve(routes, ENDPOINTS.setSecret, async ({ params, body: { value }, c }) => {
    const place = await placeOf(params)
    await within((inside) => setSecret(inside, byAdmin(c), place, value))
    return undefined
  })

  serve(routes, ENDPOINTS.describeSecret, async ({ params, body: { description }, c }) => {
    const place = await placeOf(params)
    const changed = await within(async (inside) => {
      const secret = (await inside.secrets.locked(place.server, place.name)) ?? secretUnknown(place)
      assertMatch(c, secretView(secret))
      await describeSecret(inside, byAdmin(c), secret, description)
      return inside.secrets.secret(place.server, place.name)
    })
    return tagged(c, secretView(changed ?? secretUnknown(place)))
  })

  serve(routes, ENDPOINTS.removeSecret, async ({ params, c }) => {
    const place = await placeOf(params)
    await within((inside) => removeSecret(inside, byAdmin(c), place))
    return undefined
  })

  serve(routes, ENDPOINTS.makeSecretLink, async ({ params, c }) => {
    const place = await placeOf(params)
    const { token, expiresAt } = await within(async (inside) => {
      const secret = (await inside.secrets.secret(place.server, place.name)) ?? secretUnknown(place)
      return makeLink(inside, byAdmin(c), secret)
    })
    const url = new URL(`/secret-links/${token}`, c.req.url)
    return { url: url.href, expires_at: expiresAt.toISOString() }
  })
}

function secretView(secret: Secret): SecretView {
  return {
    server: secret.server,
    name: secret.name,
    description: secret.description,
    has_value: secret.hasValue,
    created_by: secret.createdBy,
    created_at: secret.createdAt.toISOString(),
    updated_by: secret.updatedBy,
    updated_at: secret.updatedAt.toISOString(),
  }
}

import { Hono, type Context } from 'hono'
import { html } from 'hono/html'
import { SecretText } from '#contract/admin-door/secrets.ts'
import { visibleLine, visibleText } from '#contract/visible-text.ts'
import { Refusal } from '../../domain/refusal.ts'
import { readLink, useLink } from '../../domain/secrets/links.ts'
import type { SecretLink } from '../../domain/secrets/secret-store.ts'
import type { Stores, Within } from '../../domain/stores.ts'
import { readForm } from '../body.ts'
import type { DoorEnv } from '../door.ts'
import { page } from './page.ts'
import { seenOf } from './seen.ts'

/**
 * `/secret-links/:token`: the page behind a one-time link, on which one secret is typed. Whoever has
 * the link may; looking at the page uses nothing up. A value is never shown, nor sent back.
 */
export function secretLinkPage({ stores, within }: { stores: Stores; within: Within }) {
  const routes = new Hono<DoorEnv>()
  routes.use(async (c, next) => {
    c.header('cache-control', 'no-store')
    await next()
  })

  routes.get('/:token', async (c) => {
    try {
      return c.html(page('Set a secret', form(await readLink(stores, c.req.param('token')))))
    } catch (fault) {
      return refused(c, fault)
    }
  })

  routes.post('/:token', async (c) => {
    const token = c.req.param('token')
    try {
      const link = await readLink(stores, token)
      const value = SecretText.safeParse((await readForm(c)).get('value') ?? '')
      if (!value.success) {
        const complaint = value.error.issues.map(({ message }) => message).join('; ')
        return c.html(page('Set a secret', form(link, `The value ${complaint}.`)), 400)
      }
      const { secret } = await within((inside) => useLink(inside, token, value.data, seenOf(c)))
      const { name, server } = secret
      return c.html(
        page('Set a secret', html`<p>${name} of ${server} is set. The link is used.</p>`),
      )
    } catch (fault) {
      return refused(c, fault)
    }
  })

  return routes
}

function refused(c: Context, fault: unknown): Response | Promise<Response> {
  if (!(fault instanceof Refusal) || fault.problem.code !== 'link_invalid') throw fault
  return c.html(page('Set a secret', html`<p role="alert">${fault.message}</p>`), 404)
}

function form({ secret, createdBy }: SecretLink, complaint = '') {
  return html`<p>
      The secret <strong>${secret.name}</strong> for the tools of <strong>${secret.server}</strong>.
      The link was made by <bdi>${visibleLine(createdBy)}</bdi>; it is good once.
    </p>
    <p><bdi>${visibleText(secret.description)}</bdi></p>
    <p role="alert">${complaint}</p>
    <form method="post">
      <p>
        <label
          >Value <input name="value" type="password" autocomplete="off" spellcheck="false" required
        /></label>
      </p>
      <p><button>Set it</button></p>
    </form>`
}

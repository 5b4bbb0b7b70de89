import { Hono } from 'hono'
import { html } from 'hono/html'
import { SetupRequest } from '#contract/admin-api.ts'
import { setUp } from '../../domain/admins/sign-in.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { Within } from '../../domain/stores.ts'
import { readForm } from '../body.ts'
import type { DoorEnv } from '../door.ts'
import { page } from './page.ts'
import { seenOf } from './seen.ts'

/** `/setup`: the page behind the one-time link, on which the first admin chooses a password. */
export function setupPage(within: Within) {
  const routes = new Hono<DoorEnv>()

  routes.get('/', (c) => c.html(page('set up', form(c.req.query('token') ?? ''))))

  routes.post('/', async (c) => {
    const given = Object.fromEntries(await readForm(c))
    const asked = SetupRequest.safeParse(given)
    if (!asked.success) {
      const complaints = asked.error.issues
        .map((i) => `${i.path.join('.')}: ${i.message}`)
        .join('; ')
      return c.html(page('set up', form(given['setup_token'] ?? '', complaints)), 400)
    }
    try {
      const { setup_token: setupToken, ...who } = asked.data
      await setUp(within, { setupToken, ...who }, seenOf(c))
    } catch (fault) {
      if (!(fault instanceof Refusal)) throw fault
      return c.html(page('set up', form(asked.data.setup_token, fault.message)), 403)
    }
    return c.html(
      page(
        'set up',
        html`<p>You are the admin, ${asked.data.username}. Approve tools with</p>
          <pre>npx mcpbox approvals</pre>`,
      ),
      201,
    )
  })

  return routes
}

function form(token: string, complaint = '') {
  return html`<p role="alert">${complaint}</p>
    <form method="post" action="/setup">
      <input type="hidden" name="setup_token" value="${token}" />
      <p>
        <label
          >User name <input name="username" autocomplete="username" required minlength="3"
        /></label>
      </p>
      <p>
        <label
          >Password, 12 characters or more
          <input
            name="password"
            type="password"
            autocomplete="new-password"
            required
            minlength="12"
        /></label>
      </p>
      <p><button>Become the admin</button></p>
    </form>`
}

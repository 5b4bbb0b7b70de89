import { Hono } from 'hono'
import { html } from 'hono/html'
import { SetupRequest } from '#contract/admin-api.ts'
import { setUp } from '../../domain/admins/sign-in.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { Within } from '../../domain/stores.ts'
import { bodyBytes } from '../body.ts'
import type { DoorEnv } from '../door.ts'

/** `/setup`: the page behind the one-time link, on which the first admin chooses a password. */
export function setupPage(within: Within) {
  const routes = new Hono<DoorEnv>()

  routes.get('/', (c) => c.html(page(form(c.req.query('token') ?? ''))))

  routes.post('/', async (c) => {
    const text = new TextDecoder().decode(await bodyBytes(c))
    const given = Object.fromEntries(new URLSearchParams(text))
    const asked = SetupRequest.safeParse(given)
    if (!asked.success) {
      const complaints = asked.error.issues
        .map((i) => `${i.path.join('.')}: ${i.message}`)
        .join('; ')
      return c.html(page(form(given['setup_token'] ?? '', complaints)), 400)
    }
    try {
      const { setup_token: setupToken, ...who } = asked.data
      await setUp(within, { setupToken, ...who })
    } catch (fault) {
      if (!(fault instanceof Refusal)) throw fault
      return c.html(page(form(asked.data.setup_token, fault.message)), 403)
    }
    return c.html(
      page(
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

function page(content: ReturnType<typeof html>) {
  return html`<!doctype html>
    <html lang="en">
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width" />
      <meta name="color-scheme" content="light dark" />
      <title>MCPbox: set up</title>
      <main>
        <h1>MCPbox</h1>
        ${content}
      </main>
    </html>`
}

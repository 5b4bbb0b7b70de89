/** HTML that is safe to be put into a page: made by {@link html} alone. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

const ESCAPED: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Writes HTML. Whatever is put into it is text, escaped for elements and quoted attributes, or HTML. */
export function html(parts: TemplateStringsArray, ...values: (string | Html)[]): Html {
  const written = values.map((value) =>
    value instanceof Html ? value.text : value.replace(/[&<>"']/g, (char) => ESCAPED[char] ?? ''),
  )
  return new Html(String.raw({ raw: parts }, ...written))
}

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 30rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere }
h1 { font-size: 1.3rem; line-height: 1.3 }
.warning { border-inline-start: .25rem solid #d97706; padding-inline-start: .75rem }
.code { opacity: .7; font-size: .85rem }
form { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.5rem }
button { flex: 1 1 8rem; min-height: 3rem; font: inherit; border-radius: .5rem; border: 1px solid }
button[value='approve'] { background: #1d4ed8; border-color: #1d4ed8; color: #fff }
`

/** One page: its title, what stands in its head besides, and its body. */
export interface PageContent {
  title: string
  head?: Html
  body: Html
}

/**
 * A page without scripts, that nobody may frame and that nothing may be loaded into (CSP Level 3).
 * Its forms go to our own host only. Browsers hold the redirects that follow a form to that, too
 * (§ form-action), so what answers a form must not redirect elsewhere: see onward-page.ts.
 * @param headers what is said besides, such as cookies
 */
export function page(
  { title, head = html``, body }: PageContent,
  { status = 200, headers = new Headers() }: { status?: number; headers?: Headers } = {},
): Response {
  const nonce = crypto.randomUUID()
  const style = new Html(STYLE)
  const text = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <style nonce="${nonce}">
          ${style}
        </style>
        ${head}
      </head>
      <body>
        ${body}
      </body>
    </html> `.text
  const sent = new Headers(headers)
  sent.set('content-type', 'text/html; charset=utf-8')
  // Nothing in between may put its own scripts into a page on which somebody decides.
  sent.set('cache-control', 'no-store, no-transform')
  sent.set('x-frame-options', 'DENY')
  sent.set(
    'content-security-policy',
    `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  )
  return new Response(text, { status, headers: sent })
}

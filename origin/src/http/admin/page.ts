import { html } from 'hono/html'

/** A small page of ours, without scripts. */
export function page(title: string, content: ReturnType<typeof html>) {
  return html`<!doctype html>
    <html lang="en">
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width" />
      <meta name="color-scheme" content="light dark" />
      <title>MCPbox: ${title}</title>
      <main>
        <h1>MCPbox</h1>
        ${content}
      </main>
    </html>`
}

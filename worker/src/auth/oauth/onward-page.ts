import { html, page } from './page.ts'

/**
 * Answers a form and sends the browser on. It is a page and no redirect because the pages' own
 * `form-action 'self'` would stop a redirect to another host; a refresh is a navigation of its own.
 */
export function onwardPage(location: string, headers: Headers): Response {
  const sent = new Headers(headers)
  sent.delete('location')
  return page(
    {
      title: 'One moment',
      head: html`<meta http-equiv="refresh" content="0;url=${location}" />`,
      body: html`<p>If nothing happens: <a href="${location}">go on</a>.</p>`,
    },
    { headers: sent },
  )
}

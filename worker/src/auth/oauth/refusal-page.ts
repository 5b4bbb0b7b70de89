import { html, page } from './page.ts'

/**
 * Tells a person why their sign-in does not go on. Nothing is sent to the client: where it is, is
 * not known or not to be trusted.
 * @param code a stable code of RFC 6749 §4.1.2.1
 */
export function refusalPage(
  code: string,
  message: string,
  { status = 400, headers = new Headers() }: { status?: number; headers?: Headers } = {},
): Response {
  return page(
    {
      title: 'This does not go on',
      body: html`<h1>This does not go on</h1>
        <p>${message}</p>
        <p>Go back to the app you came from and connect again.</p>
        <p class="code">${code}</p>`,
    },
    { status, headers },
  )
}

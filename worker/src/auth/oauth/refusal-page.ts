import { html, page, type Html } from './page.ts'
import { recipientOf, type Recipient } from './redirect-policy.ts'

/** What is said besides. */
interface RefusalMore {
  status?: number
  headers?: Headers
  /** Where the client would be told of it; left out where that is not known, or not to be trusted. */
  onward?: string
}

/**
 * Tells a person why their sign-in does not go on. The client hears of it only when they follow the
 * link, and before that they see who it belongs to.
 * @param code a stable code of RFC 6749 §4.1.2.1
 */
export function refusalPage(
  code: string,
  message: string,
  { status = 400, headers = new Headers(), onward }: RefusalMore = {},
): Response {
  return page(
    {
      title: 'This does not go on',
      body: html`<h1>This does not go on</h1>
        <p>${message}</p>
        <p>Go back to the app you came from and connect again.</p>
        ${onward === undefined ? '' : wayOn(onward)}
        <p class="code">${code}</p>`,
    },
    { status, headers },
  )
}

function wayOn(location: string): Html {
  const recipient = recipientOf(location)
  if (recipient === null) return html``
  return html`<p class="warning">
    Or <a href="${location}">tell it so</a>: this leaves MCPbox for
    <strong>${nameOf(recipient)}</strong>, which nobody has checked. Follow it only if you know that
    place.
  </p>`
}

function nameOf(recipient: Recipient): string {
  return recipient.kind === 'app' ? `${recipient.scheme}:` : recipient.host
}

import type { ConsentDescription } from '@cloudflare/workers-oauth-provider'
import { visibleLine } from '#contract/visible-text.ts'
import { html, page, type Html } from './page.ts'
import type { Recipient } from './redirect-policy.ts'

const LONGEST_NAME = 80

/** What a person sees before a client may act for them. */
export interface ConsentQuestion {
  client: Pick<ConsentDescription, 'clientName' | 'clientDomain'>
  /** Who gets the access. */
  recipient: Recipient
  /** Names the question in the answer. */
  handle: string
  /** Where the person signs in afterwards. */
  signInHost: string
}

/**
 * Asks a person whether a client may act for them (MCP, security best practices, confused deputy).
 * What the client says of itself is shown as a claim, on one line, with everything invisible in it
 * spelled out; what is known about it stands beside.
 */
export function consentPage(question: ConsentQuestion, headers: Headers): Response {
  const { client, recipient, handle, signInHost } = question
  const name = shownName(client.clientName)
  return page(
    {
      title: 'Allow access to MCPbox?',
      body: html`<h1>Allow “<bdi>${name}</bdi>” to use MCPbox as you?</h1>
        <p>${originOf(client.clientDomain)}</p>
        <p>
          It will see the tools of this MCPbox and call them in your name, until you disconnect it.
        </p>
        ${destination(recipient)}
        <p>If you allow it, you sign in at <strong>${signInHost}</strong> next.</p>
        <form method="post">
          <input type="hidden" name="handle" value="${handle}" />
          <button name="decision" value="deny">Deny</button>
          <button name="decision" value="approve">Allow</button>
        </form>`,
    },
    { headers },
  )
}

function shownName(name: string): string {
  const line = visibleLine(name.trim())
  return line.length > LONGEST_NAME ? `${line.slice(0, LONGEST_NAME)}…` : line
}

function originOf(domain: string | undefined): Html {
  return domain === undefined
    ? html`It gave itself this name; nobody has checked it.`
    : html`The app is published by <strong>${domain}</strong>.`
}

function destination(recipient: Recipient): Html {
  switch (recipient.kind) {
    case 'site':
      return html`<p>The access is sent to <strong>${recipient.host}</strong>.</p>`
    case 'this_machine':
      return html`<p class="warning">
        The access is sent to a program on the device in front of you
        (<strong>${recipient.host}</strong>). Any program there could have asked, under any name: go
        on only if you have just started this yourself.
      </p>`
    case 'app':
      return html`<p class="warning">
        The access is sent to the app of this device that opens
        <strong>${recipient.scheme}:</strong> addresses. Any app could have asked, under any name:
        go on only if you have just started this yourself.
      </p>`
  }
}

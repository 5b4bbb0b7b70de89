import type { EgressReason } from '#contract/egress.ts'

/** A request that was not sent, or not carried to its end, with what its sentence needs. */
export type Refusal =
  | { reason: 'bad_url' | 'userinfo' | 'head_too_large' | 'timed_out' }
  | { reason: 'cancelled' | 'too_many_redirects' }
  | { reason: 'bad_scheme'; scheme: string }
  | { reason: 'bad_method'; method: string }
  | { reason: 'bad_header'; header: string }
  | { reason: 'no_host_approved'; host: string }
  | { reason: 'host_not_approved'; host: string; approved: readonly string[] }
  | { reason: 'port_not_approved'; host: string; port: number }
  | { reason: 'address_forbidden' | 'address_private' | 'name_not_found'; host: string }
  | { reason: 'connect_failed' | 'tls_failed' | 'upstream_failed'; host: string; detail: string }
  | { reason: 'not_recorded'; method: string; url: string }
  | { reason: 'bad_encoding'; host: string; encoding: string }
  | { reason: 'too_many_requests' | 'too_many_at_once'; most: number }
  | { reason: 'request_too_large' | 'response_too_large'; most: number }
  | { reason: 'unknown_secret'; secret: string }
  | { reason: 'secret_not_for_host' | 'secret_not_in_clear'; secret: string; host: string }
  | { reason: 'withdrawn'; line: string }
  | { reason: 'secret_not_for_place'; secret: string; host: string; headers: readonly string[] }

/** Thrown where a request ends early. The message is for the tool's author. */
export class Refused extends Error {
  readonly reason: EgressReason

  constructor(refusal: Refusal) {
    super(sentence(refusal))
    this.reason = refusal.reason
  }
}

/** The author's next step. */
const ASK = 'name it in `hosts` (mcpbox_update_tool) and ask for approval'

function sentence(refusal: Refusal): string {
  switch (refusal.reason) {
    case 'bad_url':
      return 'this is no URL: write it in full, as in `https://api.example.com/path`'
    case 'userinfo':
      return 'a URL must not hold a user or password; send an Authorization header instead'
    case 'bad_scheme':
      return `\`${cut(refusal.scheme)}\` is out of reach: only http and https are there`
    case 'bad_method':
      return `the method \`${cut(refusal.method)}\` is not available; GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS are`
    case 'bad_header':
      return `the header \`${cut(refusal.header)}\` has a character that no header may have`
    case 'head_too_large':
      return 'the URL or the headers of this request are too large'
    case 'no_host_approved':
      return `\`${cut(refusal.host)}\` is out of reach, as no host is approved for this tool: ${ASK}; a draft under trial has those only that a person permitted before (mcpbox_request_network_access)`
    case 'host_not_approved':
      return `\`${cut(refusal.host)}\` is not approved for this tool; approved: ${list(refusal.approved)}. If it needs more, ${ASK}`
    case 'port_not_approved':
      return `port ${refusal.port} of \`${cut(refusal.host)}\` is not approved for this tool; name \`${cut(refusal.host)}:${refusal.port}\` in \`hosts\` (mcpbox_update_tool) and ask for approval`
    case 'address_forbidden':
      return `\`${cut(refusal.host)}\` leads to an address that no tool may reach`
    case 'address_private':
      return `\`${cut(refusal.host)}\` leads into a private network; a wildcard does not cover that, ask for this very host`
    case 'name_not_found':
      return `\`${cut(refusal.host)}\` has no address`
    case 'connect_failed':
      return `\`${cut(refusal.host)}\` could not be reached: ${cut(refusal.detail)}`
    case 'tls_failed':
      return `\`${cut(refusal.host)}\` did not prove that it is itself: ${cut(refusal.detail)}`
    case 'upstream_failed':
      return `\`${cut(refusal.host)}\` broke off: ${cut(refusal.detail)}`
    case 'not_recorded':
      return `nothing is recorded for ${cut(refusal.method)} ${cut(refusal.url)}; a test reaches no network, so add the answer to its \`http\``
    case 'bad_encoding':
      return `\`${cut(refusal.host)}\` answered in an encoding that is not read here: ${cut(refusal.encoding)}`
    case 'timed_out':
      return 'the request took longer than it may'
    case 'cancelled':
      return 'the request was cancelled'
    case 'too_many_redirects':
      return 'the request was redirected too often'
    case 'too_many_requests':
      return `one call may make ${refusal.most} requests and no more`
    case 'too_many_at_once':
      return `${refusal.most} requests are waiting already`
    case 'request_too_large':
      return `the body of the request is larger than ${refusal.most} bytes, alone or with those under way`
    case 'response_too_large':
      return `the body of the response is larger than ${refusal.most} bytes`
    case 'unknown_secret':
      return `no secret \`${cut(refusal.secret)}\` is there to be filled in for this tool`
    case 'withdrawn':
      return `the permission for \`${cut(refusal.line)}\` was taken back, or ended, while this call ran; mcpbox_get_tool_status says more`
    case 'secret_not_for_host':
      return `the secret \`${cut(refusal.secret)}\` is not meant for \`${cut(refusal.host)}\``
    case 'secret_not_in_clear':
      return `the secret \`${cut(refusal.secret)}\` goes to \`${cut(refusal.host)}\` by https only; name the port with it to send it by http`
    case 'secret_not_for_place':
      return `the secret \`${cut(refusal.secret)}\` goes to \`${cut(refusal.host)}\` in its own header only: ${list(refusal.headers)}`
  }
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => `\`${name}\``)
  return shown.join(', ') + (names.length > shown.length ? ', …' : '')
}

/** What a tool wrote comes back to it in moderation. */
function cut(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

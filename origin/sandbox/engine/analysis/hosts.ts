import type { Text } from './texts.ts'

/** A host, with its port unless it is the usual one; or what is not seen of it, and a hint. */
export type Reach = { host: string | null; unseen: string | null; hint: string | null }

const WEB = /^\s*(https?):[/\\]{2}/i
const HIDDEN: Reach = { host: null, unseen: 'host', hint: null }

/** Where a URL leads; null for a text that is certainly no address of the web. */
export function reachOf(text: Text): Reach | null {
  const marked = text.map((part) => part?.replaceAll('\0', '\ufffd') ?? '\0').join('')
  const [begins = '', scheme = ''] = WEB.exec(marked) ?? []
  if (begins === '') return mayBecomeWeb(marked) ? HIDDEN : null
  const rest = marked.slice(begins.length)
  const end = rest.search(/[/\\?#\0]/)
  const authority = end < 0 ? rest : rest.slice(0, end)
  const parts = /^(\[[^\]]*\]|[^:@]*)(?::(\d*))?$/.exec(authority)
  if (parts === null) return HIDDEN
  const [, written = '', digits = ''] = parts
  const host = written.toLowerCase().replace(/\.$/, '')
  const port = digits.replace(/^0+/, '')
  if (rest[end] === '\0') return unfinished(rest, host, authority)
  if (host === '') return HIDDEN
  const isUsual = port === '' || port === (scheme.toLowerCase() === 'https' ? '443' : '80')
  return { host: isUsual ? host : `${host}:${port}`, unseen: null, hint: null }
}

function mayBecomeWeb(marked: string): boolean {
  const at = marked.indexOf('\0')
  const begins = marked.slice(0, Math.max(at, 0)).trimStart().toLowerCase()
  return at >= 0 && ['http://', 'https://'].some((web) => web.startsWith(begins))
}

/** A host or port of which running the code would tell the rest. */
function unfinished(rest: string, host: string, authority: string): Reach {
  if (authority.includes(':')) return { host: null, unseen: 'port', hint: host || null }
  if (host.includes('.')) return { host, unseen: 'host_end', hint: host }
  const end = rest.search(/[/\\?#]/)
  const whole = end < 0 ? rest : rest.slice(0, end)
  const after = whole.slice(whole.lastIndexOf('\0') + 1).replace(/:.*$/, '')
  // `https://` + unknown + `.example.com/…`: a wildcard would cover it.
  const isWide = /^\.[^.]+\../.test(after)
  return { host: null, unseen: 'host', hint: isWide ? `*${after.toLowerCase()}` : null }
}

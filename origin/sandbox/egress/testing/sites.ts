import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'

export type Echo = { method: string; url: string; headers: [string, string][]; body: string }

/** Answers with what it was asked, as JSON. */
export const echo: RequestListener = (request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    const headers: [string, string][] = []
    for (let at = 0; at < request.rawHeaders.length; at += 2) {
      headers.push([request.rawHeaders[at] ?? '', request.rawHeaders[at + 1] ?? ''])
    }
    const { method, url } = request
    const body = Buffer.concat(parts).toString('utf8')
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ method, url, headers, body }))
  })
}

/** Redirects with the status in its path to the place in its query: `/307?to=…`; else echoes. */
export function redirecting(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://site')
  const status = Number(url.pathname.slice(1))
  const to = url.searchParams.get('to')
  if (to === null) {
    echo(request, response)
    return
  }
  request.resume()
  response.writeHead(status, { location: to })
  response.end('moved')
}

/** A redirect through a site that redirects. */
export function via(site: string, to: string, status = 302): string {
  return `${site}/${status}?to=${encodeURIComponent(to)}`
}

export function echoed(text: string): Echo {
  return JSON.parse(text) as Echo
}

/** A header's value as the server saw it; null when it saw none. */
export function seen({ headers }: Echo, name: string): string | null {
  return headers.find(([known]) => known.toLowerCase() === name)?.[1] ?? null
}

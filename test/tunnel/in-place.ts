import type { ServerResponse } from 'node:http'

const page = (title: string) => `<!DOCTYPE html><html><head><title>${title}</title></head></html>\n`

/** What Cloudflare, or its tunnel, answers where an origin should. */
const IN_PLACE = {
  /** No connector of the tunnel is there. */
  'tunnel down': { status: 530, type: 'text/html; charset=UTF-8', body: page('Error 1033') },
  /** The connector does not reach the origin. */
  'bad gateway': { status: 502, type: 'text/html; charset=UTF-8', body: page('502 Bad gateway') },
  /** The origin took longer than the read timeout. */
  'too slow': {
    status: 524,
    type: 'text/html; charset=UTF-8',
    body: page('524: A timeout occurred'),
  },
  /** Access asks whoever comes to sign in: the service token is not known to it any more. */
  'sign-in page': {
    status: 302,
    type: 'text/html',
    location: 'https://team.cloudflareaccess.com/cdn-cgi/access/login',
    body: '',
  },
  /** Access, or cloudflared for it, turns away. */
  forbidden: { status: 403, type: 'text/html; charset=UTF-8', body: page('Forbidden') },
  /** A page that says that all is well, which is none of the origin's. */
  'other page': { status: 200, type: 'text/html', body: page('Welcome to nginx!') },
} satisfies Record<string, { status: number; type: string; location?: string; body: string }>

/** `reset`: the connection ends without an answer. */
export type InPlaceName = keyof typeof IN_PLACE | 'reset'

export const IN_PLACE_NAMES = [...Object.keys(IN_PLACE), 'reset'] as InPlaceName[]

export function answerInPlace(name: InPlaceName, outgoing: ServerResponse): void {
  if (name === 'reset') {
    outgoing.socket?.resetAndDestroy()
    return
  }
  const { status, type, body, ...more } = IN_PLACE[name]
  outgoing.writeHead(status, { 'content-type': type, ...more }).end(body)
}

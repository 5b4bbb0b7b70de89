import { toWorker, WORKER } from './oauth-worker.ts'

/** A browser of one person: it keeps the Worker's cookies, and reads its pages. */
export class Browser {
  readonly #cookies = new Map<string, string>()

  /** Without following redirects. */
  async open(url: string | URL, init: RequestInit = {}): Promise<Response> {
    if (new URL(url).origin !== WORKER) return fetch(url, { redirect: 'manual', ...init })
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await toWorker(url, { ...init, headers: { cookie } })
    for (const set of response.headers.getSetCookie()) this.#keep(set)
    return response
  }

  /** Sends the consent page's form. */
  answer(handle: string, decision: string): Promise<Response> {
    const body = new URLSearchParams({ handle, decision })
    return this.open(`${WORKER}/authorize`, { method: 'POST', body })
  }

  get cookies(): number {
    return this.#cookies.size
  }

  #keep(set: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
    if (/max-age=0/i.test(set)) this.#cookies.delete(name)
    else this.#cookies.set(name, value)
  }
}

/** The handle in a consent page's form. */
export async function handleIn(response: Response): Promise<string> {
  const handle = /name="handle" value="([^"]+)"/.exec(await response.text())?.[1]
  if (handle === undefined) throw new Error(`No form in a page with status ${response.status}`)
  return handle
}

/** Where a page sends the browser on. */
export async function onwardIn(response: Response): Promise<URL> {
  const url = /http-equiv="refresh" content="0;url=([^"]+)"/.exec(await response.text())?.[1]
  if (url === undefined) throw new Error(`No way on from a page with status ${response.status}`)
  return new URL(url.replaceAll('&amp;', '&').replaceAll('&#39;', "'"))
}

export function locationOf(response: Response): URL {
  return new URL(response.headers.get('location') ?? '')
}

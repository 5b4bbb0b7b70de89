import { CookieJar } from './cookie-jar.ts'
import { formsIn, refreshIn, textOf, type HtmlForm } from './html-form.ts'

/** What somebody does at the pages that they are shown. */
export interface Script {
  /** The name they give when they are asked who they are. */
  who: string
  /** At a page that asks who they are. */
  signIn: 'goes on' | 'cancels'
  /** At a page that only asks whether Claude may. */
  consent: 'allows' | 'denies'
}

/** Where a walk ended: back at the client, or at a page with nothing to press. */
export type Walked =
  | { kind: 'returned'; url: URL }
  | { kind: 'stuck'; status: number; text: string }

const YES = /\b(allow|approve|authorize|accept|continue|connect|sign in|yes)\b/i
const NO = /\b(deny|decline|cancel|refuse|reject|no)\b/i
const MOST_PAGES = 12

interface Submission {
  method?: 'POST'
  body?: URLSearchParams
  headers?: Record<string, string>
}

/** A person with a browser, who reads the pages that they come to and answers their forms. */
export class ScriptedPerson {
  script: Script
  /** What they read, page after page. */
  readonly read: string[] = []
  readonly #jar = new CookieJar()

  constructor(script: Script) {
    this.script = script
  }

  /** Opens an address and goes on until the browser is sent back to `until`. */
  async walk(start: URL, until: string): Promise<Walked> {
    let request: { url: URL; init: Submission } = { url: start, init: {} }
    for (let page = 0; page < MOST_PAGES; page++) {
      const { url } = request
      const response = await this.#ask(url, request.init)
      const text = await response.text()
      const location = response.headers.get('location') ?? refreshIn(text)
      if (location !== null) {
        const next = new URL(location, url)
        if (next.href.startsWith(until)) return { kind: 'returned', url: next }
        request = { url: next, init: {} }
        continue
      }
      this.read.push(textOf(text))
      const answer = this.#answer(formsIn(text), url)
      if (answer === null) return { kind: 'stuck', status: response.status, text: textOf(text) }
      request = answer
    }
    throw new Error(`still not at ${until} after ${MOST_PAGES} pages`)
  }

  async #ask(url: URL, init: Submission): Promise<Response> {
    const headers = { ...init.headers, ...this.#jar.headerFor(url.origin) }
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    this.#jar.keep(url.origin, response)
    return response
  }

  #answer(forms: HtmlForm[], page: URL): { url: URL; init: Submission } | null {
    const asksWho = forms.some((form) => form.fields.some(([name]) => name === 'who'))
    const agrees = asksWho ? this.script.signIn === 'goes on' : this.script.consent === 'allows'
    const wanted = agrees ? YES : NO
    for (const form of forms) {
      const button = form.buttons.find(({ text }) => wanted.test(text))
      if (button !== undefined) return submission(form, button, this.script.who, page)
    }
    return null
  }
}

function submission(
  form: HtmlForm,
  button: { name: string; value: string },
  who: string,
  page: URL,
): { url: URL; init: Submission } {
  const body = new URLSearchParams(form.fields)
  if (body.has('who')) body.set('who', who)
  if (button.name !== '') body.set(button.name, button.value)
  const url = form.action === '' ? new URL(page) : new URL(form.action, page)
  if (form.method === 'POST') {
    // What a browser says of its own accord, and a page may check against forged posts.
    const headers = { origin: page.origin, referer: page.href }
    return { url, init: { method: 'POST', body, headers } }
  }
  url.search = body.toString()
  return { url, init: {} }
}

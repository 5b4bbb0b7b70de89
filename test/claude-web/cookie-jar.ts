/** Cookies by web origin: here two hosts are two ports, which a browser would not tell apart. */
export class CookieJar {
  readonly #cookies = new Map<string, Map<string, string>>()

  keep(origin: string, response: Response): void {
    const kept = this.#cookies.get(origin) ?? new Map<string, string>()
    this.#cookies.set(origin, kept)
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
      const [name = '', ...value] = pair.split('=')
      if (attributes.some((attribute) => /^max-age=(0|-\d+)$/i.test(attribute))) kept.delete(name)
      else kept.set(name, value.join('='))
    }
  }

  /** The header of a request to this origin; none when there is nothing to send. */
  headerFor(origin: string): Record<string, string> {
    const kept = [...(this.#cookies.get(origin) ?? [])]
    return kept.length === 0 ? {} : { cookie: kept.map(([n, v]) => `${n}=${v}`).join('; ') }
  }
}

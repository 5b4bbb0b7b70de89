/** Seconds that the limit of wrangler.toml counts over. */
const PERIOD_MS = 60_000

/** Keeps those who are not known yet, told apart by their addresses, from asking without end. */
export interface StrangerLimit {
  /** 0, or for how many milliseconds there is no more. */
  take(request: Request): Promise<number>
}

/**
 * @param limit counts per place of Cloudflare, and not to the last request: good enough for those
 *   who get nothing but a refusal, or pages of a sign-in
 */
export function strangerLimit(limit: Pick<RateLimit, 'limit'>): StrangerLimit {
  return {
    async take(request) {
      const key = request.headers.get('cf-connecting-ip') ?? 'unknown'
      const { success } = await limit.limit({ key })
      return success ? 0 : PERIOD_MS
    },
  }
}

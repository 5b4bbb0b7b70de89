/** What keeps the Worker from the origin, and so whose turn it is to do something. */
export type Away =
  /** Nothing answered, or what did fell silent. */
  | 'no_answer'
  /** Cloudflare has no connector for the tunnel. */
  | 'tunnel_down'
  /** The tunnel is there, the origin behind it is not. */
  | 'origin_down'
  /** Access before the origin did not take the Worker's service token. */
  | 'access_refused'
  /** The origin itself says that it cannot work yet. */
  | 'not_ready'
  | 'broken_stream'

const ADVICE: Record<Away, string> = {
  no_answer: 'Nothing answered; check that the machine is on and has its network.',
  tunnel_down: 'Its tunnel is not connected: start cloudflared on the machine of the origin.',
  origin_down: 'The tunnel is connected, but nothing answers behind it: start MCPbox.',
  access_refused: 'Cloudflare Access before it refused the Worker: run `npx mcpbox deploy-worker`.',
  not_ready: 'It answers, but cannot work yet; its log says why.',
  broken_stream: 'The connection breaks; check that it and its tunnel are running.',
}

/** The origin did not answer, or something else answered in its place. */
export class OriginAway extends Error {
  override readonly name = 'OriginAway'
  readonly away: Away

  constructor(away: Away, message: string, options?: ErrorOptions) {
    super(message, options)
    this.away = away
  }

  /** False where it is known that the origin never heard of the request. */
  get mayHaveHeard(): boolean {
    return this.away !== 'tunnel_down' && this.away !== 'access_refused'
  }

  /** True where another try a moment later may succeed; nobody changes a token that quickly. */
  get isPassing(): boolean {
    return this.away !== 'access_refused'
  }

  /** One sentence for the person who can do something. */
  get advice(): string {
    return ADVICE[this.away]
  }
}

/** Who answered in the place of the origin (Cloudflare, 5xx and 1xxx errors; Access, service tokens). */
export function whoAnswered(
  { status }: Response,
  { access }: { access: object | null },
): OriginAway {
  return new OriginAway(awayBy(status, access !== null), `The tunnel answered ${status}`)
}

function awayBy(status: number, isBehindAccess: boolean): Away {
  if (status === 530) return 'tunnel_down'
  const isRefusal = status === 401 || status === 403 || (status >= 300 && status < 400)
  if (isRefusal && isBehindAccess) return 'access_refused'
  return status === 522 || status === 524 ? 'no_answer' : 'origin_down'
}

/** Why a request got no answer at all; a Workers VPC service throws what its tunnel is missing. */
export function whyNobody(cause: unknown): OriginAway {
  const away = /ProxyError|dns_error/.test(String(cause)) ? 'tunnel_down' : 'no_answer'
  return new OriginAway(away, 'The origin did not answer', { cause })
}

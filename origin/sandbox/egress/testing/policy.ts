import { BoundSecret } from '#contract/egress.ts'
import { HostGrant } from '#contract/host-grant.ts'
import { type Broker, type EgressPolicy, openBroker, type WebRequest } from '../broker.ts'
import { EGRESS_LIMITS, type EgressLimits } from '../limits.ts'
import type { Network } from '../network.ts'
import { type Withdrawn, withdrawnLines } from '../withdrawn.ts'
import { overNetwork } from '../over-network.ts'

/** What a test may want to be different for one call. */
export type Call = {
  hosts?: string[]
  secrets?: { name: string; value: string; host: string; header?: string }[]
  limits?: Partial<EgressLimits>
  withdrawn?: Withdrawn
  signal?: AbortSignal
}

export function brokerFor(network: Network, call: Call = {}): Broker {
  return openBroker(policyFor(network, call))
}

export function policyFor(network: Network, call: Call): EgressPolicy {
  return {
    way: overNetwork(network),
    grants: (call.hosts ?? []).map((host) => HostGrant.parse(host)),
    secrets: boundSecrets(call),
    withdrawn: call.withdrawn ?? withdrawnLines(),
    limits: { ...EGRESS_LIMITS, ...call.limits },
    signal: call.signal ?? new AbortController().signal,
  }
}

export function boundSecrets({ secrets = [] }: Call): BoundSecret[] {
  return secrets.map((secret) => BoundSecret.parse({ header: null, ...secret }))
}

export type Told = { status: number; headers: Record<string, string>; url: string; text: string }

/** A whole request: GET unless said otherwise. */
export async function ask(
  broker: Broker,
  url: string,
  request: Partial<Omit<WebRequest, 'url' | 'body'>> & { body?: string } = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Told> {
  const { body, ...rest } = request
  const usual = { method: 'GET', headers: [], follow: true, url }
  const sent = { ...usual, ...rest, body: body === undefined ? null : Buffer.from(body) }
  const response = await broker.send(sent, signal)
  const parts: Buffer[] = []
  for await (const part of response.body) parts.push(part)
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    url: response.url,
    text: Buffer.concat(parts).toString('utf8'),
  }
}

/** The reason for which a request is refused, or what it got instead. */
export async function refusal(...request: Parameters<typeof ask>): Promise<string> {
  try {
    return `status ${(await ask(...request)).status}`
  } catch (error) {
    return error instanceof Error && 'reason' in error ? String(error.reason) : String(error)
  }
}

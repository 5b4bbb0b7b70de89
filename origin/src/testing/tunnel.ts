import { createHash, randomUUID } from 'node:crypto'
import { SignJWT, type JWTPayload } from 'jose'
import { principalKey, type Principal } from '#contract/principal.ts'
import { CatalogReader } from '../domain/catalog.ts'
import { DEFAULT_LISTING } from '../domain/listing.ts'
import type { Sandbox } from '../domain/sandbox.ts'
import type { KeyRing } from '../domain/tunnel-keys/key-ring.ts'
import type { Door } from '../http/door.ts'
import { tunnelDoor } from '../http/tunnel/app.ts'
import { KnownKeys } from '../http/tunnel/known-keys.ts'
import { pgAssertionUses } from '../storage/assertion-uses.ts'
import type { Opened } from './databases.ts'
import { ask, keptLog } from './doors.ts'
import { ALICE, startEngine } from './engines.ts'

export const KEYS = {
  id: '00000000-0000-4000-8000-000000000001',
  serviceToken: 'service-token'.repeat(3),
  assertionKey: 'assertion-key'.repeat(3),
}

/** A tunnel door over a database. Its keys are `KEYS` unless they are said to be read from somewhere. */
export function openTunnel(
  opened: Opened,
  sandbox: Sandbox,
  read: () => Promise<KeyRing> = async () => ({ current: KEYS, next: null, retired: [] }),
) {
  const { engine, faults } = startEngine(opened, sandbox)
  const catalog = new CatalogReader(opened.stores, opened.notices, DEFAULT_LISTING)
  const { log, lines } = keptLog()
  const uses = pgAssertionUses(opened.db)
  const keys = new KnownKeys({ read, notices: opened.notices })
  const door = tunnelDoor({
    entered: () => {},
    metrics: null,
    engine,
    catalog,
    notices: opened.notices,
    keys,
    useAssertion: (jti, expiresAt) => uses.use(jti, expiresAt),
    log,
  })
  return {
    door,
    engine,
    lines,
    faults,
    async [Symbol.asyncDispose]() {
      catalog[Symbol.dispose]()
      keys[Symbol.dispose]()
      await engine[Symbol.asyncDispose]()
    },
  }
}

export interface Sent {
  method?: string
  path: string
  body?: string | Uint8Array
  as?: Principal
  /** What the assertion says otherwise than it should. */
  lie?: JWTPayload
  key?: string
  token?: string
  headers?: Record<string, string>
}

/** The Worker's statement about a request. */
export function assertion({ method = 'GET', path, body, as = ALICE, lie, key }: Sent) {
  const now = Math.floor(Date.now() / 1000)
  const claims = {
    iss: 'mcpbox-worker',
    aud: 'mcpbox-origin',
    sub: principalKey(as),
    iat: now,
    exp: now + 20,
    jti: randomUUID(),
    principal: as,
    mth: method,
    pth: path,
    bdg: createHash('sha256')
      .update(body ?? '')
      .digest('base64url'),
    ...lie,
  }
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(key ?? KEYS.assertionKey))
}

/** Sends what the Worker would send. */
export async function send(door: Door, sent: Sent): Promise<Response> {
  const { method = 'GET', path, body } = sent
  return ask(door, path, {
    method,
    body,
    from: '10.0.0.7',
    host: 'origin:8002',
    headers: {
      'x-mcpbox-service-token': sent.token ?? KEYS.serviceToken,
      'x-mcpbox-assertion': await assertion(sent),
      ...sent.headers,
    },
  })
}

/** The lines of an NDJSON answer, up to `count` of them; then the reader goes away. */
export async function linesOf(response: Response, count = Infinity): Promise<unknown[]> {
  const seen: unknown[] = []
  let rest = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = parts.pop() ?? ''
    seen.push(...parts.map((line) => JSON.parse(line)))
    if (seen.length >= count) break
  }
  return seen
}

import { createServer, request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

const HOST = '127.0.0.1'
const KEY_ID = 'local-access-1'

/** Who is signed in, as Cloudflare Access would say it. */
export type Identity = { email: string; sub: string } | { clientId: string }

/**
 * Stands in for Cloudflare Access on one machine: an issuer with real keys at the real path, and
 * in front of a Worker the part that adds a signed assertion to each request.
 */
export interface LocalAccess extends AsyncDisposable {
  issuer: string
  audience: string
  /** An application token (Cloudflare, "Application token") good for `seconds`. */
  token(identity: Identity, seconds?: number): Promise<string>
  /** Opens a port at which every request is signed in as `identity`. */
  front(identity: Identity, port?: number): Promise<Front>
}

/** A signed-in way to a Worker, once it is aimed at one. */
export interface Front {
  url: URL
  aimAt(worker: URL): void
}

export async function startLocalAccess(): Promise<LocalAccess> {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const certs = JSON.stringify({
    keys: [{ ...(await exportJWK(publicKey)), kid: KEY_ID, alg: 'RS256', use: 'sig' }],
  })
  const audience = 'f'.repeat(64)
  const servers: Server[] = []

  async function open(server: Server, port = 0): Promise<URL> {
    servers.push(server)
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, HOST, resolve)
    })
    return new URL(`http://${HOST}:${(server.address() as AddressInfo).port}`)
  }

  const issuerUrl = await open(
    createServer((incoming, outgoing) => {
      const found = incoming.url === '/cdn-cgi/access/certs'
      outgoing.writeHead(found ? 200 : 404, { 'content-type': 'application/json' })
      outgoing.end(found ? certs : '{}')
    }),
  )
  const issuer = issuerUrl.origin

  const access: LocalAccess = {
    issuer,
    audience,
    token(identity, seconds = 8 * 3600) {
      const claims =
        'clientId' in identity
          ? { type: 'app', sub: '', common_name: identity.clientId }
          : { type: 'app', sub: identity.sub, email: identity.email }
      return new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', kid: KEY_ID })
        .setIssuer(issuer)
        .setAudience([audience])
        .setIssuedAt()
        .setExpirationTime(`${seconds} s`)
        .sign(privateKey)
    },
    async front(identity, port) {
      const token = await access.token(identity)
      let upstream: URL | null = null
      const url = await open(
        createServer((incoming, outgoing) => {
          const onward = httpRequest(
            {
              hostname: upstream?.hostname,
              port: upstream?.port,
              path: incoming.url,
              method: incoming.method,
              headers: { ...incoming.headers, 'cf-access-jwt-assertion': token },
            },
            (answer) => {
              outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
              answer.pipe(outgoing)
              answer.on('error', () => outgoing.destroy())
            },
          )
          onward.on('error', () => {
            if (!outgoing.headersSent) outgoing.writeHead(502)
            outgoing.end()
          })
          outgoing.on('close', () => onward.destroy())
          incoming.pipe(onward)
        }),
        port,
      )
      return {
        url,
        aimAt(worker) {
          upstream = worker
        },
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(
        servers.map(
          (server) =>
            new Promise<void>((resolve) => {
              server.close(() => resolve())
              server.closeAllConnections()
            }),
        ),
      )
    },
  }
  return access
}

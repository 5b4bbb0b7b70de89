import { exportJWK, generateKeyPair, SignJWT } from 'jose'

export const ISSUER = 'https://team.cloudflareaccess.test'
export const PEOPLE = 'audience-of-people'
export const SERVICES = 'audience-of-services'

/** Claims as a test wants them; undefined leaves one out. */
export type Claims = Record<string, unknown>

/** An Access team with a real RSA key: what it signs, the Worker's own code must verify. */
export interface AccessTeam {
  /** What `/cdn-cgi/access/certs` answers. */
  certs(): Response
  /** Signs claims as they are, with more or other claims and header fields as a test wants them. */
  sign(claims: Claims, header?: { alg?: string; kid?: string }): Promise<string>
  /** The token of a person. */
  person(sub: string, claims?: Claims): Promise<string>
  /** The token of a service. */
  service(clientId: string, claims?: Claims): Promise<string>
}

export async function accessTeam(kid = 'current'): Promise<AccessTeam> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' }
  const team: AccessTeam = {
    certs: () => Response.json({ keys: [jwk] }),
    sign: (claims, header = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid, ...header }).sign(privateKey),
    person: (sub, claims) => team.sign({ ...personClaims(sub), ...claims }),
    service: (clientId, claims) => team.sign({ ...serviceClaims(clientId), ...claims }),
  }
  return team
}

/** What Access says of a person (application token). */
export function personClaims(sub: string): Claims {
  const email = `${sub}@example.com`
  return { ...times(), iss: ISSUER, aud: [PEOPLE], type: 'app', sub, email }
}

/** What Access says of a service token: no address, and an empty subject. */
export function serviceClaims(clientId: string): Claims {
  return { ...times(), iss: ISSUER, aud: [SERVICES], type: 'app', sub: '', common_name: clientId }
}

function times(): Claims {
  const now = Math.floor(Date.now() / 1000)
  return { iat: now, nbf: now, exp: now + 600 }
}

import { expect, test } from 'vitest'
import { DeploymentRecord, Part } from '#contract/deployment.ts'
import { leftoversOf } from './leftovers.ts'
import type { WantedDeployment } from './wanted.ts'

const WANTED: WantedDeployment = {
  worker: 'mcpbox',
  auth: 'access',
  emails: ['ada@example.com'],
  machines: ['laptop'],
  allowed_origins: [],
  route: 'vpc',
  origin_address: '127.0.0.1:8002',
  hostname: null,
  rate_limit: null,
  token_hours: null,
}

const url = 'https://sso.example.com'
const endpoints = { issuer: url, authorization_url: url, token_url: url, jwks_url: url }
const credential = { client_id: 'the-client', client_secret: 'the-secret' }
const more: Partial<Record<Part, object>> = {
  tunnel: { token: 'the-token' },
  dns_record: { name: 'box.example.com', zone_id: 'zone' },
  origin_service_token: credential,
  origin_app: { audience: 'aud' },
  access_app: { issuer: url, audience: 'aud' },
  oidc_app: { ...credential, ...endpoints },
}

/** A deployment that has been everything once, and is wanted like this now. */
const havingBeen = (wanted: Partial<WantedDeployment>) =>
  DeploymentRecord.parse({
    ...Object.fromEntries(
      Part.options.map((part) => [part, { id: part, name: `the ${part}`, ...more[part] }]),
    ),
    wanted: { ...WANTED, ...wanted },
    worker: { name: 'mcpbox', public_url: url, digest: '', secrets_digest: '', deployment: null },
  })

const ofOauth = ['oidc_app', 'kv_namespace']
const ofHostname = ['dns_record', 'origin_service_token', 'origin_policy', 'origin_app']
const ofAccess = ['health_policy', 'health_app', 'access_app']
const hostname = { route: 'hostname', hostname: 'box.example.com' } as const
const oauth = { auth: 'oauth', machines: [] } as const

test.each<[string, object, string[]]>([
  ['access and vpc', {}, [...ofHostname, ...ofOauth]],
  ['access and hostname', hostname, ['vpc_service', ...ofOauth]],
  ['access without machines', { machines: [] }, [...ofHostname, 'machines_policy', ...ofOauth]],
  ['oauth and vpc', oauth, [...ofHostname, 'machines_policy', ...ofAccess]],
  [
    'oauth and hostname',
    { ...oauth, ...hostname },
    ['vpc_service', 'machines_policy', ...ofAccess],
  ],
])('with %s all else that was made is named', (_what, wanted, parts) => {
  const named = leftoversOf(havingBeen(wanted)).flatMap(
    (words) => /\((\w+)\)/.exec(words)?.[1] ?? [],
  )
  expect(named).toEqual(parts)
})

test('a credential that is still good is said to be one, without its secret', () => {
  const said = leftoversOf(havingBeen({}))
  expect(said).toContain(
    'Access service token “the origin_service_token” (origin_service_token): a credential that is still good',
  )
  expect(said.join('\n')).not.toContain('the-secret')
})

test('the way that a public name has through the tunnel is named with it', () => {
  expect(leftoversOf(havingBeen({}))).toContain('way through the tunnel for box.example.com')
})

test('what was never made is not left over', () => {
  expect(leftoversOf(DeploymentRecord.parse({ wanted: WANTED }))).toEqual([])
  expect(leftoversOf(DeploymentRecord.parse({}))).toEqual([])
})

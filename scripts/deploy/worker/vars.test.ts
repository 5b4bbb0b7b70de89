import { expect, test } from 'vitest'
import { varsOf } from './vars.ts'

const url = 'https://sso.example.com'
const shared = {
  publicUrl: 'https://mcpbox.ada.workers.dev',
  allowedOrigins: [],
  ratePerMinute: null,
  originUrl: 'https://box.example.com',
}
const oauth = {
  mode: 'oauth',
  issuer: url,
  clientId: 'the-client',
  authorizationUrl: url,
  tokenUrl: url,
  jwksUrl: url,
  accessTokenS: null,
} as const

test('limits that were set are told to the Worker, in its own words', () => {
  expect(
    varsOf({ ...shared, ratePerMinute: 300, auth: { ...oauth, accessTokenS: 7200 } }),
  ).toMatchObject({ RATE_LIMIT_PER_MINUTE: '300', OAUTH_ACCESS_TOKEN_S: '7200' })
})

test('limits that were not set are left to the Worker', () => {
  const names = Object.keys(varsOf({ ...shared, auth: oauth }))
  expect(names).not.toContain('RATE_LIMIT_PER_MINUTE')
  expect(names).not.toContain('OAUTH_ACCESS_TOKEN_S')
})

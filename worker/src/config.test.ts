import { describe, expect, test } from 'vitest'
import { readConfig } from './config.ts'

const WHOLE = {
  ACCESS_ISSUER: 'https://team.cloudflareaccess.com',
  ACCESS_AUDIENCES: 'people, services,',
  ORIGIN_URL: 'https://origin.example.com',
  SERVICE_TOKEN: 's'.repeat(32),
  ASSERTION_KEY: 'a'.repeat(32),
  SESSION_KEY: 'k'.repeat(32),
}

test('a whole configuration is read, with the keys where Access has them', () => {
  const read = readConfig(WHOLE)
  expect(read).toMatchObject({
    ok: true,
    config: {
      access: { audiences: ['people', 'services'] },
      allowedOrigins: [],
    },
  })
  expect(read.ok && read.config.access.jwksUrl.href).toBe(
    'https://team.cloudflareaccess.com/cdn-cgi/access/certs',
  )
})

test('a test issuer on this machine may be plain HTTP, with its keys anywhere', () => {
  const local = { ACCESS_ISSUER: 'http://127.0.0.1:9000', ORIGIN_URL: 'http://127.0.0.1:8002' }
  const keys = { ACCESS_JWKS_URL: 'http://localhost:9000/keys' }
  expect(readConfig({ ...WHOLE, ...local, ...keys })).toMatchObject({ ok: true })
})

describe('what is missing or wrong is named', () => {
  test.each(Object.keys(WHOLE))('%s', (name) => {
    expect(readConfig({ ...WHOLE, [name]: undefined })).toEqual({ ok: false, missing: name })
    expect(readConfig({ ...WHOLE, [name]: '' })).toEqual({ ok: false, missing: name })
  })

  test.each([
    ['ORIGIN_URL', 'http://origin.example.com'],
    ['ACCESS_ISSUER', 'http://team.cloudflareaccess.com'],
    ['ACCESS_AUDIENCES', ' , '],
    ['SESSION_KEY', 'short'],
  ])('%s = %s', (name, value) => {
    expect(readConfig({ ...WHOLE, [name]: value })).toEqual({ ok: false, missing: name })
  })

  test('secrets that are the same', () => {
    const read = readConfig({ ...WHOLE, ASSERTION_KEY: WHOLE.SERVICE_TOKEN })
    expect(read).toMatchObject({ ok: false, missing: expect.stringContaining('must differ') })
  })

  test('and never told', () => {
    const read = readConfig({ ...WHOLE, SESSION_KEY: 'hunter2' })
    expect(JSON.stringify(read)).not.toContain('hunter2')
  })
})

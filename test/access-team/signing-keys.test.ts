import { createLocalJWKSet, errors, jwtVerify, type JSONWebKeySet } from 'jose'
import { expect, test } from 'vitest'
import { startLocalAccess } from './local-access.ts'

const ADA = { sub: 'ada', email: 'ada@example.com' }

test('what the previous key signed stays good until that key is retired', async () => {
  await using access = await startLocalAccess()
  const certs = async () => {
    const response = await fetch(`${access.issuer}/cdn-cgi/access/certs`)
    return createLocalJWKSet((await response.json()) as JSONWebKeySet)
  }
  const old = await access.token(ADA)
  await access.keys.rotate()
  const young = await access.token(ADA)

  await jwtVerify(old, await certs())
  await jwtVerify(young, await certs())
  access.keys.retirePrevious()
  await jwtVerify(young, await certs())
  await expect(jwtVerify(old, await certs())).rejects.toThrow(errors.JWKSNoMatchingKey)
})

test('the certs endpoint may be out of order', async () => {
  await using access = await startLocalAccess()
  access.certs.outage = true
  expect((await fetch(`${access.issuer}/cdn-cgi/access/certs`)).status).toBe(503)
})

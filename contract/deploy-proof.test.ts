import { expect, test } from 'vitest'
import { deployProof, isDeployProof } from './deploy-proof.ts'

const TOKEN = 'a-service-token-of-forty-three-characters-x'
const NOON = Date.UTC(2026, 10, 21, 12, 0, 30)
const MINUTE = 60_000

test('a proof is the HMAC of the minute under the service token', async () => {
  // printf health/origin:29921040 | openssl dgst -sha256 -hmac "$TOKEN"
  const expected = '378b740a6ddf295a581f0135f217e796980751d4a50e2217a752bc2e7d64505e'
  expect(await deployProof(TOKEN, NOON)).toBe(expected)
})

test.each<[string, number, boolean]>([
  ['in its minute', 0, true],
  ['at the end of its minute', 29_999, true],
  ['in the next minute', MINUTE, true],
  ['two minutes later', 2 * MINUTE, false],
  ['a minute early', -MINUTE, false],
])('a proof %s: %i ms after it was made, good is %s', async (_when, later, good) => {
  const proof = await deployProof(TOKEN, NOON)
  expect(await isDeployProof(proof, TOKEN, NOON + later)).toBe(good)
})

test('a proof of another token, a changed one, none, and one of an empty token are no proofs', async () => {
  const proof = await deployProof(TOKEN, NOON)
  const flipped = (proof.startsWith('0') ? '1' : '0') + proof.slice(1)
  for (const given of [null, '', flipped, proof.toUpperCase(), `${proof}00`, proof.slice(2), 'zz'])
    expect(await isDeployProof(given, TOKEN, NOON)).toBe(false)
  expect(await isDeployProof(proof, `${TOKEN}x`, NOON)).toBe(false)
  expect(await isDeployProof(proof, '', NOON)).toBe(false)
})

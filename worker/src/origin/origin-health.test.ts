import { afterEach, expect, test, vi } from 'vitest'
import { exports } from 'cloudflare:workers'
import { DEPLOY_PROOF_HEADER, deployProof, ORIGIN_HEALTH_PATH } from '#contract/deploy-proof.ts'
import { PROBLEM_TYPE } from '#contract/problem.ts'
import { fetchToOrigin } from '../../testing/fetch-to-origin.ts'
import { TEST_BINDINGS } from '../../testing/test-bindings.ts'

afterEach(() => vi.unstubAllGlobals())

async function ask(serviceToken: string, atMs = Date.now()): Promise<Response> {
  const headers = { [DEPLOY_PROOF_HEADER]: await deployProof(serviceToken, atMs) }
  return exports.default.fetch(`https://mcpbox.test${ORIGIN_HEALTH_PATH}`, { headers })
}

test('the Worker says that its secrets are good at the origin', async () => {
  fetchToOrigin({})
  const response = await ask(TEST_BINDINGS.SERVICE_TOKEN)
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({ status: 'ok' })
})

test('and what is in the way when they are not, or when the origin is away', async () => {
  const { origin } = fetchToOrigin({})
  origin.weather.push('bad_gateway')
  const response = await ask(TEST_BINDINGS.SERVICE_TOKEN)
  expect(response.status).toBe(503)
  expect(response.headers.get('content-type')).toBe(PROBLEM_TYPE)
  expect(await response.json()).toMatchObject({ status: 503, code: 'origin_unreachable' })
})

test('and takes nothing else that answers for the origin', async () => {
  for (const answer of [() => Response.json({}), () => new Response(null, { status: 204 })]) {
    vi.stubGlobal('fetch', async () => answer())
    const response = await ask(TEST_BINDINGS.SERVICE_TOKEN)
    expect(response.status).toBe(503)
  }
})

test('to nobody who does not know the service token, and not for long', async () => {
  const { origin } = fetchToOrigin({})
  const proofs = [
    await ask('another service token, of enough length'),
    await ask(TEST_BINDINGS.SERVICE_TOKEN, Date.now() - 180_000),
    await exports.default.fetch(`https://mcpbox.test${ORIGIN_HEALTH_PATH}`),
  ]
  for (const response of proofs) expect(response.status).toBe(404)
  expect(origin.seen).toEqual([])
})

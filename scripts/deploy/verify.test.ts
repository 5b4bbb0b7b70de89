import { expect, test } from 'vitest'
import { DEPLOY_PROOF_HEADER, deployProof } from '#contract/deploy-proof.ts'
import { PROBLEM_TYPE, problemBody, statusOf, type ProblemCode } from '#contract/problem.ts'
import { seeDoorShut, seeHealth, seeOrigin, type Sight, type Verifier } from './verify.ts'

const URL_ = 'https://mcpbox.ada.workers.dev'
const NOW = Date.UTC(2026, 10, 21)
const problem = (code: ProblemCode, message = 'words') =>
  new Response(JSON.stringify(problemBody({ code, message })), {
    status: statusOf(code),
    headers: { 'content-type': PROBLEM_TYPE },
  })

/** A Worker that answers with these, the last one again and again. */
function answering(...answers: (() => Response)[]) {
  const asked: Request[] = []
  let pauses = 0
  const verifier: Verifier = {
    async fetch(input, init) {
      asked.push(new Request(input, init))
      const answer = answers.length > 1 ? answers.shift() : answers[0]
      return answer?.() ?? Response.error()
    },
    now: () => NOW,
    pause: async () => void pauses++,
  }
  return { verifier, asked, pauses: () => pauses }
}

const ok = () => Response.json({ status: 'ok' })
const away = () => {
  throw new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND') })
}

test('it looks again while a new Worker spreads, and no longer than that', async () => {
  const { verifier, asked, pauses } = answering(away, () => new Response('', { status: 404 }), ok)
  expect(await seeHealth(verifier, URL_)).toMatchObject({ ok: true, next: '' })
  expect(asked).toHaveLength(3)
  expect(pauses()).toBe(2)
  const never = answering(away)
  expect(await seeHealth(never.verifier, URL_)).toMatchObject({ ok: false })
  expect(never.asked.length).toBeLessThanOrEqual(30)
})

const health = (it: Verifier) => seeHealth(it, URL_)
const door = (it: Verifier) => seeDoorShut(it, URL_)
const origin = (it: Verifier) => seeOrigin(it, URL_, 'the-service-token')
const plain = (status: number, headers = {}) => new Response('', { status, headers })

test.each<[string, (it: Verifier) => Promise<Sight>, () => Response, RegExp, RegExp]>([
  ['/health nowhere', health, away, /does not answer.*ENOTFOUND/, /few minutes/],
  [
    '/health not configured',
    health,
    () => problem('not_configured', 'Lacks X'),
    /Lacks X/,
    /deploy-worker/,
  ],
  ['/health behind Access', health, () => plain(302), /by Access/, /“… health”/],
  ['/health without a Worker', health, () => plain(404), /no Worker/, /workers\.dev/],
  ['/health broken', health, () => plain(500), /500/, /wrangler tail/],
  ['/mcp open', door, ok, /LET IN/, /Take the Worker off now/],
  ['/mcp with a login page', door, () => plain(302), /login page/, /Managed OAuth/],
  ['/mcp blocked', door, () => plain(403), /403/, /AI Crawl Control/],
  ['/mcp without a challenge', door, () => plain(401), /without WWW-Authenticate/, /Managed OAuth/],
  ['/mcp broken', door, () => plain(502), /502/, /log/],
  ['the origin behind Access', origin, () => plain(401), /not by the Worker/, /“… health”/],
  ['other secrets', origin, () => problem('not_found'), /does not hold these/, /--set-secrets/],
  ['stale secrets', origin, () => problem('service_token_mismatch'), /words/, /--set-secrets/],
  [
    'no cloudflared',
    origin,
    () => problem('origin_unreachable'),
    /does not reach/,
    /cloudflared.*QUIC/,
  ],
  ['a wrong clock', origin, () => problem('assertion_expired'), /words/, /clock/],
  ['another problem', origin, () => problem('internal'), /internal/, /log/],
  ['a page that says ok', origin, () => new Response('ok'), /not by the Worker/, /health/],
])('%s is said with what to do', async (_what, look, answer, saw, next) => {
  const sight = await look(answering(answer).verifier)
  expect(sight.ok).toBe(false)
  expect(sight.saw).toMatch(saw)
  expect(sight.next).toMatch(next)
})

test('a stranger who is asked to sign in is what is wanted', async () => {
  const shut = () => plain(401, { 'www-authenticate': 'Bearer' })
  const { verifier, asked } = answering(shut)
  expect(await door(verifier)).toMatchObject({ ok: true })
  expect(asked[0]!.headers.get('authorization')).toBeNull()
})

test('the origin is looked for with a proof of the service token, never with the token', async () => {
  const { verifier, asked } = answering(ok)
  expect(await origin(verifier)).toMatchObject({ ok: true })
  const [request] = asked
  expect(request!.headers.get(DEPLOY_PROOF_HEADER)).toBe(
    await deployProof('the-service-token', NOW),
  )
  expect(JSON.stringify([...request!.headers]) + request!.url).not.toContain('the-service-token')
})

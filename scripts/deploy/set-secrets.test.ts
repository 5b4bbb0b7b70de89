import { afterAll, beforeAll, expect, test } from 'vitest'
import { EMAIL, startDeployment, type DeploymentLine } from './testing/deployment.ts'
import { Refused } from './testing/cloudflare-route.ts'

/** Rotating the secrets of a deployed Worker, with the real wrangler and a real tunnel door. */

const SLOW = { timeout: 120_000 }
let line: DeploymentLine
beforeAll(async () => {
  line = await startDeployment()
  const { failure } = await line.run(['--yes', '--email', EMAIL])
  if (failure !== null) throw new Error(failure)
}, 120_000)
afterAll(() => line[Symbol.asyncDispose]())

const held = () => line.cloudflare.store.workers.get('mcpbox')!.secrets
const bulk = 'PATCH /accounts/:a/workers/scripts/mcpbox/secrets-bulk'

test(
  'both pairs are good until the Worker was seen to use the next one, then that alone',
  SLOW,
  async () => {
    const old = await line.origin.secrets()
    const waits: number[] = []
    const { said, failure } = await line.run(['--set-secrets'], {
      async pause(ms) {
        waits.push(ms)
        // While open sessions run on with the old ones.
        expect(await line.ping(old)).toBe(200)
        expect(await line.ping()).toBe(200)
        expect(held().get('SERVICE_TOKEN')).not.toBe(old.service_token)
      },
    })
    expect(failure).toBeNull()
    expect(waits).toEqual([330_000])
    const now = await line.origin.secrets()
    expect(now.service_token).not.toBe(old.service_token)
    expect(now.session_key).toBe(old.session_key)
    expect(Object.fromEntries(held())).toEqual({
      SERVICE_TOKEN: now.service_token,
      ASSERTION_KEY: now.assertion_key,
      SESSION_KEY: now.session_key,
    })
    expect(await line.ping()).toBe(200)
    await expect.poll(() => line.ping(old)).toBe(403)
    expect(await line.origin.rotation()).toBeNull()
    for (const secret of line.cloudflare.store.told) expect(said + line.log()).not.toContain(secret)
    expect(line.cloudflare.unknown).toEqual([])
  },
)

test('a dry run says every step in the order of the run, and does none', SLOW, async () => {
  const before = line.cloudflare.changes().length
  const { revision } = await line.origin.deployment()
  const health = /^ {2}GET https:\/\/mcpbox\.ada\.workers\.dev\/health\/origin/
  for (const env of [{}, { CLOUDFLARE_API_TOKEN: '' }]) {
    const { said, failure } = await line.run(['--set-secrets', '--dry-run'], { env })
    expect(failure).toBeNull()
    expect(said.split('\n').slice(1)).toEqual([
      expect.stringMatching(/^ {2}POST \/internal\/rotation /),
      expect.stringContaining('--name mcpbox: SERVICE_TOKEN, ASSERTION_KEY, SESSION_KEY (••••)'),
      expect.stringMatching(health),
      expect.stringContaining('a wait of 330 s'),
      expect.stringMatching(health),
      expect.stringMatching(/^ {2}POST \/internal\/rotation\/<rotation>\/finish /),
      expect.stringMatching(health),
      expect.stringMatching(/^ {2}PUT \/internal\/deployment /),
    ])
  }
  const atOnce = await line.run(['--set-secrets', '--dry-run', '--at-once'])
  expect(atOnce.said).not.toContain('a wait')
  expect(line.cloudflare.changes().slice(before)).toEqual([])
  expect((await line.origin.deployment()).revision).toBe(revision)
  expect(await line.origin.rotation()).toBeNull()
})

test('the next deployment after it changes nothing', SLOW, async () => {
  const before = line.cloudflare.changes().length
  expect((await line.run(['--yes'])).said).toContain('Nothing had to be changed.')
  expect(line.cloudflare.changes().slice(before)).toEqual([])
})

test(
  'when the upload fails the old secrets work on, and running again goes on with the same rotation',
  SLOW,
  async () => {
    const old = await line.origin.secrets()
    line.cloudflare.interfere = ({ path }) =>
      path.endsWith('/secrets-bulk') ? new Refused(403, 10000, 'Authentication error') : null
    const { failure } = await line.run(['--set-secrets', '--at-once'])
    expect(failure).toContain('The secrets were not uploaded.')
    expect(failure).toContain('work on with the current secrets')
    expect(failure).toContain('--set-secrets again')
    expect(failure).toContain('Workers Scripts · Edit')
    expect(held().get('SERVICE_TOKEN')).toBe(old.service_token)
    expect(await line.ping()).toBe(200)

    line.cloudflare.interfere = null
    const begun = await line.origin.rotation()
    expect((await line.run(['--set-secrets', '--at-once'])).failure).toBeNull()
    expect(await line.origin.secrets()).toEqual(begun!.secrets)
    expect(await line.ping()).toBe(200)
  },
)

test('a Worker that still serves with the old secrets is not cut off', SLOW, async () => {
  line.worker.lagging = new Map(held())
  const old = await line.origin.secrets()
  const { failure } = await line.run(['--set-secrets', '--at-once'])
  expect(failure).toContain('was not seen to reach the origin with the next secrets')
  expect(failure).toContain('whichever the Worker holds, it works')
  expect(await line.origin.secrets()).toEqual(old)
  expect(await line.ping(old)).toBe(200)
  expect(await line.ping()).toBe(200)
  line.worker.lagging = null
  expect((await line.run(['--set-secrets', '--at-once'])).failure).toBeNull()
  expect(await line.ping()).toBe(200)
})

test('a deployment ends a rotation that broke off', SLOW, async () => {
  const begun = await line.origin.beginRotation()
  const { said, failure } = await line.run(['--yes', '--at-once'])
  expect(failure).toBeNull()
  expect(said).toContain('change    Worker “mcpbox” (other secrets)')
  expect(said).toContain('The rotation of secrets that was under way is finished.')
  expect(held().get('SERVICE_TOKEN')).toBe(begun.secrets.service_token)
  expect(await line.origin.secrets()).toEqual(begun.secrets)
})

test('two that rotate at once end with one pair, which the Worker holds', SLOW, async () => {
  const before = line.cloudflare.calls.length
  const outcomes = await Promise.all([1, 2].map(() => line.run(['--set-secrets', '--at-once'])))
  expect(outcomes.map(({ failure }) => failure)).toEqual([null, null])
  expect(
    line.cloudflare.calls.slice(before).filter((call) => call === bulk).length,
  ).toBeGreaterThan(1)
  expect(await line.origin.rotation()).toBeNull()
  expect(held().get('SERVICE_TOKEN')).toBe((await line.origin.secrets()).service_token)
  expect(await line.ping()).toBe(200)
})

test(
  'whoever is overtaken while waiting rotates once more, and leaves a working pair',
  SLOW,
  async () => {
    let overtaken = false
    const { said, failure } = await line.run(['--set-secrets'], {
      async pause() {
        if (overtaken) return
        overtaken = true
        // Another run ends this rotation, and does a whole one of its own.
        const { id } = await line.origin.beginRotation()
        await line.origin.finishRotation(id)
        expect((await line.run(['--set-secrets', '--at-once'])).failure).toBeNull()
      },
    })
    expect(failure).toBeNull()
    expect(said).toContain('Another run rotated meanwhile; once more.')
    expect(held().get('SERVICE_TOKEN')).toBe((await line.origin.secrets()).service_token)
    expect(await line.ping()).toBe(200)
  },
)

test('a Worker whose secrets are of another origin is healed', SLOW, async () => {
  held().set('SERVICE_TOKEN', 'z'.repeat(43))
  expect(await line.ping()).toBe(403)
  expect(line.log()).toContain('the Worker holds a token that this origin does not know')
  expect((await line.run(['--set-secrets', '--at-once'])).failure).toBeNull()
  expect(await line.ping()).toBe(200)
})

test('without a deployed Worker nothing is begun', SLOW, async () => {
  const worker = line.cloudflare.store.workers.get('mcpbox')!
  line.cloudflare.store.workers.delete('mcpbox')
  const { failure } = await line.run(['--set-secrets'])
  expect(failure).toContain('no deployed Worker yet')
  expect(await line.origin.rotation()).toBeNull()
  line.cloudflare.store.workers.set('mcpbox', worker)
})

test(
  'a deployment never uploads secrets that another run has retired while a person thought about it',
  SLOW,
  async () => {
    const retired = await line.origin.secrets()
    held().delete('SESSION_KEY')
    const { failure } = await line.run([], {
      answers: ['y'],
      async meanwhile() {
        const { id } = await line.origin.beginRotation()
        await line.origin.finishRotation(id)
      },
    })
    expect(failure).toContain('Another run changed the secrets meanwhile.')
    expect(await line.ping(retired)).toBe(403)
    expect((await line.run(['--yes'])).failure).toBeNull()
    expect(await line.ping()).toBe(200)
  },
)

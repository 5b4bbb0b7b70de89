import { EMPTY_MANIFEST } from '#contract/manifest.ts'
import { describe, expect, it } from 'vitest'
import type { Outcome } from '#contract/sandbox.ts'
import { PackageRefusal } from '../packages/package-refusal.ts'
import { runRegistry } from '../runs/registry.ts'
import { sandboxApp } from './app.ts'

const KEY = 'k'.repeat(32)
const BOOT = '9a3c41b5-3f1c-4b9e-8f1f-0c6f3e0b7c11'
const HEADERS = { 'x-api-key': KEY, 'content-type': 'application/json' }
const DONE: Outcome = { kind: 'refused', message: 'done' }
const RUN = {
  run_id: 'a',
  version: {
    hash: 'h',
    language: 'python',
    code: 'def main(): pass',
    manifest: EMPTY_MANIFEST,
    module_lock: null,
  },
  input: {},
  secrets: {},
  bound_secrets: [],
  withdrawals: [],
  answered_by: 'network',
  limits: { timeout_ms: 1_000, memory_bytes: 1, cpu_s: 1, open_files: 1 },
}

const ORDER = { boot_id: BOOT, run: RUN }

const offline = () => Promise.reject(new PackageRefusal('there is no index'))
const noPackages = {
  lock: offline,
  sets: { folderOf: offline },
  facts: () => Promise.resolve([]),
}

function appWith() {
  const runs = runRegistry(() => Promise.resolve(DONE), 10)
  return sandboxApp({
    apiKey: KEY,
    runs,
    analyze: ({ code }) => Promise.resolve({ valid: false, message: code, line: null }),
    packages: noPackages,
    health: () => ({
      status: 'ready',
      boot_id: BOOT,
      isolation: { level: 'S3', layers: [] },
      runtimes: { python: '3.11.2', typescript: null },
      missing: [],
      self_test: { passed: [], failed: [], checked_at: '2026-01-01T00:00:00Z' },
      running: runs.running(),
    }),
  })
}

function post(path: string, body: unknown, headers: Record<string, string> = HEADERS) {
  const text = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
  return appWith().request(path, { method: 'POST', body: text, headers })
}

describe('the key', () => {
  it.each([
    ['none', {}],
    ['another', { 'x-api-key': 'x'.repeat(32) }],
    ['a part', { 'x-api-key': KEY.slice(1) }],
  ])('%s: 401, for every path but health', async (_, headers) => {
    const app = appWith()
    for (const path of ['/runs/a/events', '/runs/a', '/nowhere']) {
      const response = await app.request(path, { headers })
      expect(response.status).toBe(401)
      expect(await response.json()).toMatchObject({ code: 'unauthenticated' })
    }
    expect((await app.request('/health')).status).toBe(200)
  })
})

describe('a run', () => {
  it('answers with its events, one JSON text per line', async () => {
    const response = await post('/runs', ORDER)
    expect(response.headers.get('content-type')).toBe('application/x-ndjson')
    expect(await response.text()).toBe(
      '{"type":"outcome","seq":1,"outcome":' + JSON.stringify(DONE) + '}\n',
    )
  })

  it('is attached to by its id', async () => {
    const app = appWith()
    await app.request('/runs', { method: 'POST', body: JSON.stringify(ORDER), headers: HEADERS })
    const from = async (after: string) =>
      (await app.request(`/runs/a/events?after=${after}`, { headers: HEADERS })).text()
    expect(await from('0')).toContain('"outcome"')
    expect(await from('1')).toBe('')
    expect(await from('x')).toContain('after: not a sequence number')
  })

  it('that is not known is said to be so', async () => {
    for (const [method, path] of [
      ['GET', '/runs/b/events'],
      ['DELETE', '/runs/b'],
    ] as const) {
      const response = await appWith().request(path, { method, headers: HEADERS })
      expect(response.status).toBe(404)
      expect(await response.json()).toMatchObject({ code: 'operation_unknown' })
    }
  })

  it('that is meant for an earlier start is refused, so that it is not run twice', async () => {
    const other = 'c1a7a2f4-6b0e-4d0e-9b53-4d5f0ac7d6a0'
    expect((await post('/runs', { ...ORDER, boot_id: other })).status).toBe(409)
  })
})

describe('what is withdrawn', () => {
  const line = { kind: 'host', value: 'a.example', in_ms: 0 }
  const withdrawals = (...lines: unknown[]) => ({ withdrawals: lines })

  it('is taken of any run, also of one that is yet to come', async () => {
    expect((await post('/runs/a/withdrawals', withdrawals(line))).status).toBe(204)
  })

  it.each([
    ['nothing', withdrawals()],
    ['a negative time', withdrawals({ ...line, in_ms: -1 })],
    ['half a millisecond', withdrawals({ ...line, in_ms: 0.5 })],
    ['a kind that is none', withdrawals({ ...line, kind: 'file' })],
    ['more than a line has', withdrawals({ ...line, restore: true })],
    ['more than a manifest has', withdrawals(...Array.from({ length: 501 }, () => line))],
  ])('is not %s', async (_what, body) => {
    expect((await post('/runs/a/withdrawals', body)).status).toBe(400)
  })

  it('is only for who has the key', async () => {
    const response = await post('/runs/a/withdrawals', withdrawals(line), {
      'content-type': 'application/json',
    })
    expect(response.status).toBe(401)
  })
})

describe('a bad body', () => {
  const deep = `{"code":${'['.repeat(200)}${']'.repeat(200)}}`
  it.each([
    ['{', 400, 'malformed_json'],
    [new Uint8Array([0x22, 0xff, 0x22]), 400, 'malformed_utf8'],
    ['{}', 400, 'invalid_request'],
    [deep, 400, 'invalid_request'],
    [JSON.stringify({ ...ORDER, extra: 1 }), 400, 'invalid_request'],
    [JSON.stringify({ ...ORDER, run: { ...RUN, run_id: '' } }), 400, 'invalid_request'],
    [
      JSON.stringify({ ...ORDER, run: { ...RUN, limits: { ...RUN.limits, timeout_ms: 300_001 } } }),
      400,
      'invalid_request',
    ],
    [`"${'x'.repeat(2_000_000)}"`, 413, 'body_too_large'],
  ])('%.20j', async (body, status, code) => {
    const response = await post('/runs', body)
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ code })
  })

  it('names the field that is wrong', async () => {
    const response = await post('/runs', { ...ORDER, run: { ...RUN, input: 3 } })
    expect(await response.json()).toMatchObject({
      detail: expect.stringMatching(/^run.input: /) as string,
    })
  })

  it('of another type is not read', async () => {
    const response = await post('/analyses', '{}', { ...HEADERS, 'content-type': 'text/plain' })
    expect(response.status).toBe(415)
  })
})

it('passes code to the analysis and hands its answer back', async () => {
  const response = await post('/analyses', { language: 'python', code: 'x' })
  expect(await response.json()).toEqual({ valid: false, message: 'x', line: null })
})

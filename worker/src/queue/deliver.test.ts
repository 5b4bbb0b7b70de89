import { afterEach, expect, test, vi } from 'vitest'
import { OperationRequest, OpId, type OperationEvent } from '#contract/operation.ts'
import { ProblemCode } from '#contract/problem.ts'
import { OriginRefusal, type Caller, type Origin } from '#gateway/origin.ts'
import { counting, held } from '#gateway/testing/tools.ts'
import { fetchToOrigin } from '../../testing/fetch-to-origin.ts'
import { tunnelClient } from '../../testing/tunnel-to.ts'
import { deliver } from './deliver.ts'
import { verdictOn } from './verdict.ts'

afterEach(() => vi.unstubAllGlobals())

const principal = { kind: 'user', sub: 'alice', email: 'alice@example.com' } as const
const ALICE: Caller = { principal, requestId: 'the-request-that-asked' }

function asked(name: string): OperationRequest {
  return OperationRequest.parse({
    op_id: crypto.randomUUID(),
    method: 'tools/call',
    params: { name, arguments: {} },
    era: 'modern',
    client: null,
    deadline_ms: 60_000,
  })
}

/** An origin behind a tunnel, and deliveries to it. */
function world() {
  const slow = held()
  const faults: unknown[] = []
  const seen = fetchToOrigin({ slow: slow.tool, counting })
  const client = tunnelClient(0)
  const send = (request: OperationRequest) =>
    deliver(client, ALICE, request, (fault) => faults.push(fault))
  return { ...seen, slow, send, faults }
}

test('a call is delivered once the origin has it, and runs there by itself', async () => {
  const { send, scripted, origin, slow } = world()
  const request = asked('slow')
  expect(await send(request)).toEqual({ is: 'delivered', opId: request.op_id })
  expect(scripted.operations).toMatchObject([{ principal: 'user:alice', request }])
  expect(scripted.parked).toEqual([request.op_id])
  expect(scripted.cancelled).toEqual([])
  expect(new Set(origin.seen.map(({ headers }) => headers.get('x-request-id')))).toEqual(
    new Set([ALICE.requestId]),
  )
  slow.release()
})

test('it is parked before its stream is left: nobody takes it for lost in between', async () => {
  const steps: string[] = []
  const origin: Pick<Origin, 'operate' | 'park'> = {
    async *operate(_as, { op_id }): AsyncGenerator<OperationEvent> {
      try {
        yield { type: 'heartbeat' }
        yield { type: 'accepted', op_id }
      } finally {
        steps.push('left')
      }
    },
    async park() {
      steps.push('parked')
    },
  }
  await deliver(origin, ALICE, asked('slow'), () => {})
  expect(steps).toEqual(['parked', 'left'])
})

test('an origin that is away is asked once, and the call waits', async () => {
  const { send, origin, scripted } = world()
  origin.weather.push('dead')
  expect(await send(asked('slow'))).toMatchObject({
    is: 'waits',
    problem: { code: 'origin_unreachable' },
  })
  expect(scripted.operations).toEqual([])
})

test('a call that arrived unheard is delivered again, and runs once', async () => {
  const { send, origin, scripted } = world()
  const request = asked('counting')
  origin.weather.push('unheard')
  expect(await send(request)).toMatchObject({ is: 'waits' })
  expect(scripted.operations).toHaveLength(1)
  expect(await send(request)).toEqual({ is: 'delivered', opId: request.op_id })
  expect(scripted.operations).toHaveLength(1)
})

test('a call is not delivered until it is parked, too', async () => {
  const { send, origin, scripted } = world()
  const call = asked('counting')
  let isOut = true
  vi.stubGlobal('fetch', async (url: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(url, init)
    if (isOut && request.url.endsWith('/park')) throw new TypeError('Network connection lost.')
    return origin.handle(request)
  })
  expect(await send(call)).toMatchObject({ is: 'waits' })
  isOut = false
  expect(await send(call)).toMatchObject({ is: 'delivered' })
  expect(scripted.operations).toHaveLength(1)
  expect(scripted.parked).toEqual([call.op_id])
})

test('the id of an operation that is taken up in its place is the one to follow', async () => {
  const other = OpId.parse(crypto.randomUUID())
  const parked: OpId[] = []
  const origin: Pick<Origin, 'operate' | 'park'> = {
    async *operate(): AsyncGenerator<OperationEvent> {
      yield { type: 'accepted', op_id: other }
    },
    park: async (_as, opId) => void parked.push(opId),
  }
  const delivery = await deliver(origin, ALICE, asked('slow'), () => {})
  expect(delivery).toEqual({ is: 'delivered', opId: other })
  expect(parked).toEqual([other])
})

test.each<[ProblemCode, string]>([
  ['service_token_mismatch', 'waits'],
  ['assertion_invalid', 'waits'],
  ['database_unreachable', 'waits'],
  ['internal', 'failed'],
  ['operation_conflict', 'refused'],
  ['body_too_large', 'refused'],
  ['unauthenticated', 'refused'],
])('a door that says %s: the call is %s', async (code, is) => {
  const problem = { code, message: 'No.' }
  const origin: Pick<Origin, 'operate' | 'park'> = {
    async *operate() {
      yield* []
      throw new OriginRefusal(problem)
    },
    async park() {},
  }
  expect(await deliver(origin, ALICE, asked('slow'), () => {})).toEqual({ is, problem })
})

test('what nobody expected is reported, and may pass', async () => {
  const fault = new Error('it broke')
  const faults: unknown[] = []
  const origin: Pick<Origin, 'operate' | 'park'> = {
    async *operate() {
      yield* []
      throw fault
    },
    async park() {},
  }
  const delivery = await deliver(origin, ALICE, asked('slow'), (thrown) => faults.push(thrown))
  expect(delivery).toMatchObject({ is: 'failed', problem: { code: 'internal' } })
  expect(faults).toEqual([fault])
})

test('a refusal about whoever calls never lets a call wait for a better time', () => {
  const waiting = ProblemCode.options.filter((code) => verdictOn(code) === 'waits')
  expect(waiting.toSorted()).toEqual([
    'assertion_expired',
    'assertion_invalid',
    'assertion_replayed',
    'busy',
    'database_unreachable',
    'host_not_allowed',
    'not_configured',
    'origin_not_allowed',
    'origin_unreachable',
    'rate_limited',
    'sandbox_unreachable',
    'service_token_mismatch',
    'too_many_attempts',
  ])
})

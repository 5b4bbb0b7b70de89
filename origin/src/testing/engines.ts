import { randomUUID } from 'node:crypto'
import type { JsonObject } from '#contract/json.ts'
import type { OpId, OperationEvent, OperationRequest, ToolResult } from '#contract/operation.ts'
import type { Principal } from '#contract/principal.ts'
import type { Problem } from '#contract/problem.ts'
import { GrantWatch } from '../domain/grants/watch.ts'
import { answers } from '../domain/operations/answer.ts'
import { carryOutWith } from '../domain/operations/carry-out.ts'
import { OperationEngine } from '../domain/operations/engine.ts'
import type { Sandbox } from '../domain/sandbox.ts'
import { ScriptedPackages } from './scripted-packages.ts'
import type { Opened } from './databases.ts'

export const LOCAL: Principal = { kind: 'local' }
export const ALICE: Principal = { kind: 'user', sub: 'alice', email: 'alice@example.com' }
export const BOB: Principal = { kind: 'user', sub: 'bob', email: 'bob@example.com' }

/** One replica's engine; `faults` is where its unexpected failures go. */
export function startEngine(opened: Opened, sandbox: Sandbox, owner: string = randomUUID()) {
  const faults: unknown[] = []
  const onFault = (fault: unknown) => void faults.push(fault)
  const { stores, within, notices } = opened
  const packages = new ScriptedPackages()

  const watch = new GrantWatch(notices, sandbox, onFault)
  const carryOut = carryOutWith({
    owner,
    stores,
    within,
    notices,
    sandbox,
    packages,
    watch,
    answers,
    onFault,
  })
  const engine = new OperationEngine({ owner, stores, notices, sandbox, carryOut, onFault })
  return { engine, faults, owner, packages }
}

export type CallRequest = Extract<OperationRequest, { method: 'tools/call' }>

export function callOf(name: string, args: JsonObject = {}): CallRequest {
  return {
    op_id: randomUUID() as OpId,
    method: 'tools/call',
    params: { name, arguments: args },
    era: 'modern',
    client: { name: 'test', version: '1' },
    deadline_ms: 30_000,
  }
}

/** All events of an operation from `after` on, once it has ended. */
export async function eventsOf(
  engine: OperationEngine,
  opId: OpId,
  { as = LOCAL, after = 0 }: { as?: Principal; after?: number } = {},
): Promise<OperationEvent[]> {
  const events = []
  for await (const event of engine.follow(as, opId, after, new AbortController().signal))
    events.push(event)
  return events
}

/** What an operation ended in. */
export async function endOf(engine: OperationEngine, opId: OpId, as = LOCAL) {
  const last = (await eventsOf(engine, opId, { as })).at(-1)
  if (last?.type !== 'result' && last?.type !== 'problem') throw new Error('it did not end')
  return last
}

/** Calls a tool and gives its result. @throws when it ends in a problem. */
export async function result(
  engine: OperationEngine,
  name: string,
  args: JsonObject = {},
  as = LOCAL,
): Promise<ToolResult> {
  const end = await call(engine, name, args, as)
  if (end.type === 'problem') throw new Error(`${end.problem.code}: ${end.problem.message}`)
  return end.result as ToolResult
}

/** Calls a tool and gives the problem it ends in. @throws when there is none. */
export async function problem(
  engine: OperationEngine,
  name: string,
  args: JsonObject = {},
  as = LOCAL,
): Promise<Problem> {
  const end = await call(engine, name, args, as)
  if (end.type === 'result') throw new Error(`no problem: ${JSON.stringify(end.result)}`)
  return end.problem
}

async function call(engine: OperationEngine, name: string, args: JsonObject, as: Principal) {
  const request = callOf(name, args)
  await engine.submit(as, request, 'request-1')
  return endOf(engine, request.op_id, as)
}

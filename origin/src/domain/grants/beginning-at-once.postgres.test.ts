import { afterAll, expect, inject, test } from 'vitest'
import { openReplicas } from '../../testing/databases.ts'
import { callOf, endOf, LOCAL, startEngine } from '../../testing/engines.ts'
import { ended, ok, ScriptedSandbox } from '../../testing/scripted-sandbox.ts'
import { approvedTool, grantOf, manifest, newAdmin } from '../../testing/tools.ts'
import { UNSEEN } from '../activity.ts'
import { revokeGrant } from './change.ts'

const replicas = await openReplicas(inject('postgresUrl'))
const { here, there } = replicas
const ada = await newAdmin(here.stores)
const ROUNDS = 30

/** A sandbox whose runs last until something is withdrawn from them, also if that came before. */
class Losing extends ScriptedSandbox {
  readonly #lost = new Map<string, PromiseWithResolvers<void>>()

  constructor() {
    super(async ({ request }) => {
      await this.#of(request.run_id).promise
      return ended(ok('lost it'))
    })
  }

  override async withdraw(runId: string): Promise<void> {
    this.#of(runId).resolve()
  }

  #of(runId: string) {
    const known = this.#lost.get(runId) ?? Promise.withResolvers<void>()
    this.#lost.set(runId, known)
    return known
  }
}

const { engine, faults } = startEngine(here, new Losing())
afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  await replicas[Symbol.asyncDispose]()
})

test('a line is revoked while a call begins: the call is refused, or it runs and loses the line', async () => {
  const heard = new Set<string>()
  for (let round = 0; round < ROUNDS; round++) {
    const { version, wire } = await approvedTool(here, {
      manifest: manifest({ hosts: ['a.example'] }),
    })
    const { id } = await grantOf(here.stores, version, 'host a.example')
    const request = callOf(wire, { city: 'Bern' })
    const revoke = () => there.within((s) => revokeGrant(s, ada, id, 'It leaks.', UNSEEN))
    const submit = () => engine.submit(LOCAL, request, 'request-1')
    await Promise.all(round % 2 === 0 ? [submit(), revoke()] : [revoke(), submit()])
    const end = await endOf(engine, request.op_id)
    heard.add(end.type === 'problem' ? end.problem.code : JSON.stringify(end.result))
  }
  for (const one of heard) expect(one).toMatch(/not_approved|lost it/)
  expect(faults).toEqual([])
})

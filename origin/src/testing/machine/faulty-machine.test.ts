import { afterAll, expect, test } from 'vitest'
import type { Name, SecretName } from '#contract/names.ts'
import { manifestLines } from '#contract/manifest.ts'
import type { Stores } from '../../domain/stores.ts'
import type { Candidate } from '../../domain/tools/tool-store.ts'
import type { EventKind } from './event.ts'
import { callTool } from './events/call-tool.ts'
import { crashInCall } from './events/crash-in-call.ts'
import { declareSecret } from './events/declare-secret.ts'
import { publishTool } from './events/publish-tool.ts'
import { revokeGrant } from './events/revoke-grant.ts'
import { setSecret } from './events/set-secret.ts'
import { KINDS } from './kinds.ts'
import { explore, replay } from './machine.ts'
import { StandInSandbox } from './stand-in-sandbox.ts'
import { openGround, type Build } from './world.ts'

/** The machine is worth something only if it finds what is wrong: here something is, each time. */

const ground = await openGround()
afterAll(() => ground[Symbol.asyncDispose]())

const FOR_EVER = { expiresAt: null, revoked: null }

/** Whatever was written last is taken for approved. */
function nothingNeedsApproval(stores: Stores): Stores {
  const { tools } = stores
  const liveAt: typeof tools.liveAt = async (_kind, address) => {
    const [server, tool] = address.split('__') as [Name, Name]
    const found = await tools.tool(server, tool)
    const [version] = found === null ? [] : await tools.versions(found.id)
    if (version === undefined) return null
    const lines = manifestLines(version.manifest).map((line) => ({ ...line, ...FOR_EVER }))
    return { version, approved: { hash: version.hash, policy: null, lines } }
  }
  return { ...stores, tools: { ...tools, liveAt } }
}

/** What was revoked is taken for granted still. */
function revocationsAreIgnored(stores: Stores): Stores {
  const { tools } = stores
  const unrevoked = (candidate: Candidate | null): Candidate | null => {
    if (candidate === null || candidate.approved === null) return candidate
    const lines = candidate.approved.lines.map((line) => ({ ...line, revoked: null }))
    return { ...candidate, approved: { ...candidate.approved, lines } }
  }
  const liveAt: typeof tools.liveAt = async (...of) => unrevoked(await tools.liveAt(...of))
  const candidate: typeof tools.candidate = async (id) => unrevoked(await tools.candidate(id))
  return { ...stores, tools: { ...tools, liveAt, candidate } }
}

/** Rejections are not written down. */
function rejectionsAreLost(stores: Stores): Stores {
  const { approvals } = stores
  const decide: typeof approvals.decide = async (id, decision) => {
    if (decision.state === 'approved') await approvals.decide(id, decision)
  }
  return { ...stores, approvals: { ...approvals, decide } }
}

/** Nobody hears of a secret that was set. */
function settingSecretsIsUntold(stores: Stores): Stores {
  const { activity } = stores
  const record: typeof activity.record = async (entry) => {
    if (entry.action !== 'secret.set') await activity.record(entry)
  }
  return { ...stores, activity: { ...activity, record } }
}

/** Executions keep the secrets that they ran with. */
function secretsAreKept(stores: Stores): Stores {
  const { executions, secrets, tools } = stores
  const add: typeof executions.add = async (execution) => {
    const names = ['API_KEY', 'PASSWORD'] as SecretName[]
    const version = await tools.version(execution.versionId)
    const values = await secrets.values(version?.toolId ?? '', names)
    await executions.add({ ...execution, stdout: [...values.values()].join(' ') })
  }
  return { ...stores, executions: { ...executions, add } }
}

/** A decision is told twice. */
function decisionsAreToldTwice(stores: Stores): Stores {
  const { activity } = stores
  const record: typeof activity.record = async (entry) => {
    await activity.record(entry)
    if (entry.action === 'approval.approved') await activity.record(entry)
  }
  return { ...stores, activity: { ...activity, record } }
}

/** Whatever is sent to it twice is run twice, as after a crash. */
class ForgetfulSandbox extends StandInSandbox {
  override run(...sent: Parameters<StandInSandbox['run']>) {
    this.forget(sent[1].run_id)
    return super.run(...sent)
  }
}

interface Fault {
  build: Build
  kinds?: readonly EventKind[]
  says: RegExp
  /** The way there is no longer. */
  steps: number
}

const FAULTS: Record<string, Fault> = {
  'nothing needs approval': {
    build: { seen: nothingNeedsApproval },
    says: /nobody approved|ran when it must not any more/,
    steps: 2,
  },
  'revocations are ignored': {
    build: { seen: revocationsAreIgnored },
    kinds: [publishTool, revokeGrant, callTool],
    says: /ran when it must not any more/,
    steps: 3,
  },
  'rejections are lost': {
    build: { seen: rejectionsAreLost },
    says: /it is kept as waiting/,
    steps: 3,
  },
  'setting a secret is untold': {
    build: { seen: settingSecretsIsUntold },
    says: /activity tells 0 times, not 1 to 1: secret\.set/,
    steps: 2,
  },
  'secrets are kept': {
    build: { seen: secretsAreKept },
    kinds: [publishTool, declareSecret, setSecret, callTool],
    says: /kept in the open/,
    steps: 4,
  },
  'decisions are told twice': {
    build: { seen: decisionsAreToldTwice },
    says: /not once/,
    steps: 3,
  },
  'what was sent before a crash runs again': {
    build: { Sandbox: ForgetfulSandbox },
    // The crash has to come at one of a few moments of a call.
    kinds: [publishTool, crashInCall],
    says: /run twice/,
    steps: 2,
  },
}

test.each(Object.entries(FAULTS))(
  'where %s it says so, and how to come there in a few steps',
  async (_fault, { build, says, steps, kinds = KINDS }) => {
    const { failure } = await explore(ground, {
      sequences: 500,
      seed: 1,
      longest: 15,
      kinds,
      ...build,
    })
    expect(failure?.message).toMatch(says)
    const events = failure?.events ?? []
    expect(events.length).toBeLessThanOrEqual(steps)
    const text = JSON.stringify(events)
    await expect(replay(ground, text, build)).rejects.toThrow(says)
    await expect(replay(ground, text)).resolves.toBeUndefined()
  },
  120_000,
)

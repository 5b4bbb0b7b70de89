import { writtenText } from '#contract/written-text.ts'
import { z } from 'zod'
import type { TestReport } from '#contract/tool-tests.ts'
import { askApproval } from '../approvals/ask.ts'
import type { Verdict } from '../policies/judge.ts'
import type { Call } from '../operations/call.ts'
import { Refusal } from '../refusal.ts'
import { lastReport } from '../tool-tests/last-report.ts'
import { toolUnknown } from '../tools/callable.ts'
import type { Tool } from '../tools/tool-store.ts'
import { describeVersion } from './describe-version.ts'
import * as inputs from './inputs.ts'
import * as outputs from './outputs.ts'
import { ADDS, managementTool, told } from './management-tool.ts'
import { keepRan, type Ran, runKept, tellReport } from './kept-tests.ts'

export const requestPublish = managementTool({
  name: 'mcpbox_request_publish',
  title: 'Ask for approval',
  description:
    'Freezes the draft, runs its tests and asks a person to approve exactly it. Once approved it can be called at once.',
  input: z.strictObject({
    server: inputs.server,
    name: inputs.tool,
    notes: writtenText(2_000).default('').describe('why it is wanted, for the person'),
  }),
  output: outputs.stored.extend({ approval: z.string() }),
  annotations: { ...ADDS, idempotentHint: true },
  async answer(call, { server, name, notes }) {
    const tool = (await call.stores.tools.tool(server, name)) ?? toolUnknown(server, name)
    const ran = await testedDraft(call, tool)
    await call.finish(async (stores) => {
      // Before it is asked: a policy may judge by them.
      const draft = await stores.tools.versionIn(tool.id, 'draft')
      if (ran !== null && draft?.hash === ran.hash) await keepRan(stores, draft, ran)
      const { approval, version, verdict } = await askApproval(stores, tool, call.doer, notes)
      const isLive = verdict !== null && verdict.rule !== null
      const { report } = await lastReport(stores, version.hash)
      return told({
        ...describeVersion({ ...version, state: isLive ? 'live' : 'pending' }),
        tests: report === null ? null : tellReport(report),
        approval: approval.id,
        next: `${toldOf(report)}${nextOf(verdict)}`,
      })
    })
  },
})

function nextOf(verdict: Verdict | null): string {
  if (verdict !== null && verdict.rule !== null)
    return `The policy "${verdict.rule}" approved it, no person did. It is live: call it.`
  const why = (verdict?.because ?? []).map((reason) => ` (${reason})`).join('')
  return `A person decides now${why}. Wait for that with mcpbox_await_approval, or ask mcpbox_get_tool_status later.`
}

/**
 * How the tests of the draft go. A sandbox that is away keeps nobody from asking: the question then
 * says that they were not run.
 */
async function testedDraft(call: Call, tool: Tool): Promise<Ran | null> {
  const draft = await call.stores.tools.versionIn(tool.id, 'draft')
  if (draft === null) return null
  try {
    return await runKept(call, draft)
  } catch (fault) {
    const { code } = fault instanceof Refusal ? fault.problem : { code: null }
    if (code === 'sandbox_unreachable' || code === 'busy') return null
    throw fault
  }
}

function toldOf(report: TestReport | null): string {
  if (report === null || report.passed) return ''
  return 'The person sees that tests fail; better mend that first and ask again. '
}

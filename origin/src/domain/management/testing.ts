import { z } from 'zod'
import { CaseReport } from '#contract/tool-tests.ts'
import { wireName } from '#contract/names.ts'
import { refuse } from '../refusal.ts'
import { toolUnknown } from '../tools/callable.ts'
import * as inputs from './inputs.ts'
import { managementTool, told } from './management-tool.ts'
import { keepRan, runKept, tellReport } from './tests.ts'

export const runToolTests = managementTool({
  name: 'mcpbox_run_tests',
  title: 'Run a tool’s tests',
  description:
    'Runs the tests of a tool’s newest version: under its manifest, without network, with recorded answers and test secrets only.',
  input: z.strictObject({ server: inputs.server, name: inputs.tool }),
  output: z.object({
    tool: z.string(),
    version: z.int(),
    hash: z.string(),
    passed: z.boolean(),
    runtime: z.string(),
    ran_at: z.string(),
    cases: z.array(CaseReport),
  }),
  annotations: {
    readOnlyHint: false,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: false,
  },
  async answer(call, { server, name }) {
    const tool = (await call.stores.tools.tool(server, name)) ?? toolUnknown(server, name)
    const [newest] = await call.stores.tools.versions(tool.id)
    if (newest === undefined) throw new Error(`tool ${tool.id} has no version`)
    const wire = wireName(server, name)
    const ran =
      (await runKept(call, newest)) ??
      refuse('tests_missing', `"${wire}" has no tests; give it some with mcpbox_update_tool.`)
    await call.finish(async (stores) => {
      await keepRan(stores, newest, ran)
      await stores.activity.record({
        ...call.doer,
        action: 'tests.ran',
        subject: wire,
        details: { hash: newest.hash, passed: ran.report.passed },
      })
      const { number: version, hash } = newest
      return told({ tool: wire, version, hash, ...tellReport(ran.report) })
    })
  },
})

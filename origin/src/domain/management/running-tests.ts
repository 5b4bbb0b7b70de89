import { z } from 'zod'
import { CaseReport } from '#contract/tool-tests.ts'
import { wireName } from '#contract/names.ts'
import { refuse } from '../refusal.ts'
import { toolUnknown } from '../tools/callable.ts'
import { currentVersion } from '../tools/current-version.ts'
import * as inputs from './inputs.ts'
import { managementTool, told } from './management-tool.ts'
import { keepRan, runKept, tellReport } from './kept-tests.ts'

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
    next: z.string(),
  }),
  annotations: {
    readOnlyHint: false,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: false,
  },
  async answer(call, { server, name }) {
    const tool = (await call.stores.tools.tool(server, name)) ?? toolUnknown(server, name)
    const current = currentVersion(await call.stores.tools.versions(tool.id))
    const wire = wireName(server, name)
    const ran =
      (await runKept(call, current)) ??
      refuse('tests_missing', `"${wire}" has no tests; give it some with mcpbox_update_tool.`)
    await call.finish(async (stores) => {
      await keepRan(stores, current, ran)
      await stores.activity.record({
        ...call.doer,
        action: 'tests.ran',
        subject: wire,
        details: { hash: current.hash, passed: ran.report.passed },
      })
      const { number: version, hash } = current
      return told({
        tool: wire,
        version,
        hash,
        ...tellReport(ran.report),
        next: ran.report.passed
          ? 'They pass. Ask a person to approve it with mcpbox_request_publish, where it is not live yet.'
          : 'Mend the code or the tests with mcpbox_edit_tool or mcpbox_update_tool, and run them again.',
      })
    })
  },
})

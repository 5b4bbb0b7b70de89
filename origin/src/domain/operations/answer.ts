import { MANAGEMENT_TOOLS } from '../management/table.ts'
import { callableVersion, liveVersion } from '../tools/callable.ts'
import type { Answers } from './carry-out.ts'

/** Answers `tools/call`: a management tool by its name, anything else as an authored tool. */
export const callAnswers: Answers = {
  async willRun(stores, tool) {
    return MANAGEMENT_TOOLS.has(tool) ? null : liveVersion(stores, tool)
  },

  async answer(call, tool, args) {
    const management = MANAGEMENT_TOOLS.get(tool)
    if (management !== undefined) return management.answer(call, args)
    await call.execute({
      kind: 'call',
      arguments: args,
      choose: () => callableVersion(call.stores, tool),
    })
  },
}

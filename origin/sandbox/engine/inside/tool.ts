import { createRequire } from 'node:module'
import vm from 'node:vm'
import type { JsonObject } from '#contract/json.ts'
import { checkArguments } from './arguments.ts'
import { TOOL_FILE } from './failure.ts'
import { offered } from './modules.ts'
import { Refused } from './refused.ts'

export type RunTask = {
  type: 'run'
  /** JavaScript: the supervisor has taken the types out, each line where it was. */
  code: string
  input: JsonObject
  input_schema: JsonObject | null
  secrets: Record<string, string>
  /** Modules of Node beyond the default ones. */
  modules: string[]
  result_bytes: number
  result_depth: number
}

const require = createRequire('/')
const made = new Map<string, vm.Module>()

/** Loads the tool and calls its `main`. Throws whatever the tool throws, and Refused. */
export async function call(task: RunTask): Promise<unknown> {
  const { code, input, input_schema: schema, modules } = task
  const builtin = (specifier: string) => moduleOf(offered(specifier, modules))
  const tool = new vm.SourceTextModule(code, {
    identifier: TOOL_FILE,
    importModuleDynamically: async (specifier) => {
      const module = builtin(specifier)
      await module.link(builtin)
      await module.evaluate()
      return module
    },
  })
  await tool.link(builtin)
  await tool.evaluate()
  const { default: main } = tool.namespace as { default?: unknown }
  if (typeof main !== 'function') {
    throw new Refused('NoMain', 'the tool has no `export default async function main(args)`')
  }
  if (schema !== null) checkArguments(input, schema)
  return (main as (args: JsonObject) => unknown)(input)
}

function moduleOf(name: string): vm.Module {
  const known = made.get(name)
  if (known !== undefined) return known
  const found = require(name) as Record<string, unknown>
  const names = Object.keys(found).filter((key) => key !== 'default')
  const module = new vm.SyntheticModule([...names, 'default'], () => {
    for (const key of names) module.setExport(key, found[key])
    module.setExport('default', found)
  })
  made.set(name, module)
  return module
}

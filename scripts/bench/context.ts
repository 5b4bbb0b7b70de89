import { encode } from 'gpt-tokenizer/encoding/o200k_base'
import { managementTools } from '../../origin/src/domain/catalog.ts'
import { table } from './table.ts'

/**
 * How much of a conversation the tools of MCPbox itself take, in each profile: tokens of each entry of
 * `tools/list`, all of it, in the vocabulary o200k. Vocabularies of other models differ by some tenths.
 */
const tokens = (value: unknown) => encode(JSON.stringify(value)).length

const listed = { core: managementTools('core'), full: managementTools('full') }
const inCore = new Set(listed.core.map(({ name }) => name))
const rows = listed.full.map((tool) => {
  const { outputSchema, ...input } = tool
  void outputSchema
  return [tool.name, inCore.has(tool.name) ? 'core' : '', tokens(tool), tokens(input)]
})
console.log(table([['', 'listed in', 'tokens', 'without output schema'], ...rows]))
const sum = (tools: readonly unknown[]) =>
  tools.reduce((all: number, tool) => all + tokens(tool), 0)
console.log(JSON.stringify({ core_tokens: sum(listed.core), full_tokens: sum(listed.full) }))

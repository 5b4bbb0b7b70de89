import type { JsonObject } from '#contract/json.ts'
import { matchUri } from '#contract/publication.ts'
import { promptResult } from '../executions/prompt-result.ts'
import { resourceResult } from '../executions/resource-result.ts'
import { callResult } from '../executions/tool-result.ts'
import { MANAGEMENT_TOOLS } from '../management/table.ts'
import { callableVersion, readableVersion } from '../tools/callable.ts'
import type { Version } from '../tools/version.ts'
import type { Answers } from './carry-out.ts'
import { complete } from './complete.ts'

/**
 * Answers what clients ask: `tools/call` by a management tool of that name or else by an authored
 * one, prompts and resources by their code, completion by their types.
 */
export const answers: Answers = {
  async willRun(stores, { method, params }) {
    if (method !== 'tools/call' || MANAGEMENT_TOOLS.has(params.name)) return null
    return stores.tools.liveAt('tool', params.name)
  },

  isRepeatable({ method, params }, runs) {
    if (method !== 'tools/call') return true
    const management = MANAGEMENT_TOOLS.get(params.name)
    if (management !== undefined) return management.catalog.annotations.idempotentHint
    return runs?.version.annotations.idempotentHint ?? false
  },

  async answer(call, { method, params }) {
    switch (method) {
      case 'tools/call': {
        const management = MANAGEMENT_TOOLS.get(params.name)
        if (management !== undefined) return management.answer(call, params.arguments)
        return call.execute({
          kind: 'call',
          choose: () => callableVersion(call.stores, 'tool', params.name),
          arguments: params.arguments,
          conclude: callResult,
        })
      }
      case 'prompts/get':
        return call.execute({
          kind: 'call',
          choose: () => callableVersion(call.stores, 'prompt', params.name),
          arguments: params.arguments,
          conclude: promptResult,
        })
      case 'resources/read':
        return call.execute({
          kind: 'call',
          choose: () => readableVersion(call.stores, params.uri),
          arguments: (version) => variables(version, params.uri),
          conclude: resourceResult(params.uri),
        })
      case 'completion/complete':
        return call.finish((stores) => complete(stores, params))
    }
  },
}

/** What the variables of a resource's address are in this one. */
function variables({ publication }: Version, uri: string): JsonObject {
  const values = publication.kind === 'resource' ? matchUri(publication.uri, uri) : null
  if (values === null) throw new Error(`the version chosen for ${uri} has another address`)
  return values
}

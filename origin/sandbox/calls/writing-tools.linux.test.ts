import { readFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { describe, expect, it, test } from 'vitest'
import { encodedData, type ContentBlock } from '#contract/content.ts'
import { HostGrant } from '#contract/host-grant.ts'
import type { JsonObject } from '#contract/json.ts'
import * as limits from '#contract/limits.ts'
import { SecretName } from '#contract/names.ts'
import { EMPTY_MANIFEST } from '#contract/manifest.ts'
import { Language, type Outcome } from '#contract/sandbox.ts'
import { EGRESS_LIMITS } from '../egress/limits.ts'
import { world } from '../egress/testing/world.ts'
import { USUAL_LIMITS } from '../levels/prove.ts'
import { strongest } from '../testing/sandbox.ts'
import { NOBODY, runConfined } from './run.ts'

/**
 * Every example of docs/writing-tools.md is a tool, followed by a list of calls: arguments, and what
 * the call `gives` (a value), `shows` (kinds of content) or `fails with` (a message).
 */
const PAGE = readFileSync(new URL('../../../docs/writing-tools.md', import.meta.url), 'utf8')
const EXAMPLE = /```(python|typescript)\n([^]*?)```\n\n((?:- .*\n)*)/g
const CALL = /^- `(.*?)` (gives|shows|fails with) (.*)$/
/** Code in Markdown, with one backtick around it or two. */
const QUOTED = /``(.*?)``|`(.*?)`/g

const examples = [...PAGE.matchAll(EXAMPLE)].map(([, language, code = '', calls = ''], index) => ({
  at: index + 1,
  language: Language.parse(language),
  code,
  calls: calls.trim().split('\n'),
}))

const site: RequestListener = ({ url = '', headers }, response) => {
  const name = headers.authorization === 'Bearer t0ken' ? 'ada' : null
  response.end(JSON.stringify(url === '/me' ? { name } : { celsius: 7 }))
}

async function run(language: Language, code: string, input: JsonObject): Promise<Outcome> {
  await using net = await world({ 'api.example': site })
  const host = HostGrant.parse('api.example')
  const place = { host: HostGrant.parse('api.example:80'), header: 'authorization' }
  const token = { name: SecretName.parse('TOKEN'), value: 't0ken', ...place }
  return await runConfined(strongest.forkServer, net.network)(
    {
      run_id: 'test',
      version: {
        hash: 'test',
        language,
        code,
        manifest: { ...EMPTY_MANIFEST, hosts: [host] },
        module_lock: null,
      },
      input,
      secrets: { SIGNING_KEY: 'hunter2' },
      bound_secrets: [token],
      withdrawals: [],
      answered_by: 'network',
      limits: USUAL_LIMITS,
    },
    NOBODY,
    new AbortController().signal,
  )
}

const quoted = (text: string) => [...text.matchAll(QUOTED)].map(([, two, one]) => two ?? one ?? '')

/** What a line of the page promises. */
function promised(verb: string, said: string) {
  if (verb === 'fails with') return { failure: quoted(said)[0] }
  const [shown = '', value = 'null'] = verb === 'shows' ? said.split(' and gives ') : ['', said]
  return { shown: quoted(shown), value: JSON.parse(quoted(value)[0] ?? value) as unknown }
}

/** The same of what came. */
function seen(outcome: Outcome) {
  if (outcome.kind === 'ok') {
    return { shown: (outcome.content ?? []).map(kindOf), value: outcome.value }
  }
  if (outcome.kind !== 'failed') return { failure: JSON.stringify(outcome) }
  const { type, message, traceback } = outcome.failure
  return { failure: traceback === '' ? message : `${type}: ${message}` }
}

function kindOf(block: ContentBlock): string | undefined {
  if (block.type === 'resource') return block.resource.mimeType
  return encodedData(block) !== null && 'mimeType' in block ? block.mimeType : block.type
}

describe.each(examples)('example $at', { concurrent: true }, ({ language, code, calls }) => {
  it.each(calls)('%s', async (call) => {
    const [, input = '', verb = '', said = ''] = CALL.exec(call) ?? []
    const outcome = await run(language, code, JSON.parse(input) as JsonObject)
    expect(seen(outcome)).toEqual(promised(verb, said))
  })
})

test('every example is called', () => {
  expect(examples.length).toBeGreaterThan(8)
  for (const { calls } of examples) for (const call of calls) expect(call).toMatch(CALL)
})

test('the limits are those in force', () => {
  const said = PAGE.slice(PAGE.indexOf('## Limits'))
  const english = (n: number) => n.toLocaleString('en')
  for (const limit of [
    `| ${limits.MAX_CODE_BYTES / 1_000} kB |`,
    `| ${limits.DEFAULT_TIMEOUT_MS / 1_000} s, or what the tool asks for, up to ${limits.MAX_TIMEOUT_MS / 1_000} s |`,
    `| ${limits.CALL_MEMORY_BYTES / 2 ** 20} MB, ${limits.CALL_CPU_S} s, ${limits.CALL_OPEN_FILES} |`,
    `| ${limits.RESULT_BYTES / 1e6} MB of JSON, ${limits.RESULT_DEPTH} levels deep |`,
    `| ${english(limits.MAX_RESULT_CHARS)} characters |`,
    `| ${limits.CONTENT_BYTES / 1e6} MB as base64, which is ${(limits.CONTENT_BYTES / 4e6) * 3} MB of bytes, in ${limits.MAX_CONTENT_BLOCKS} parts |`,
    `| ${limits.MAX_QUESTIONS_PER_CALL} in a call, ${limits.ASKING_MS / 60_000} minutes for all of them |`,
    `| ${english(EGRESS_LIMITS.requests)} in a call, ${EGRESS_LIMITS.atOnce} at once, ${EGRESS_LIMITS.bodyBytes / 1e6} MB each way, ${EGRESS_LIMITS.redirects} redirects |`,
    `| the first ${limits.STDOUT_RETURNED_BYTES / 1_000} kB are shown |`,
  ])
    expect(said).toContain(limit)
})

import type { Json } from '#contract/json.ts'
import { ENDPOINTS } from '#contract/admin-door/endpoints.ts'
import { parseWireName } from '#contract/names.ts'
import { visibleLine } from '#contract/visible-text.ts'
import type { AdminClient } from './admin-client.ts'

/** A tool's history, newest first: what each version changed, and what was decided about it. */
export async function listVersions(client: AdminClient, tool: string): Promise<void> {
  for (let cursor: string | undefined; ;) {
    const { items, next } = await client.call(ENDPOINTS.listHistory, {
      params: partsOf(tool),
      query: { cursor, limit: 100 },
    })
    for (const { version, state, hash, created_at: at, created_by: by, ...told } of items) {
      console.log(
        visibleLine(`version ${version}  ${state.padEnd(8)}  ${hash.slice(0, 12)}  ${at} by ${by}`),
      )
      for (const {
        state: decided,
        decided_by: admin,
        decided_by_policy: rule,
        reason,
      } of told.approvals) {
        const who = admin ?? (rule === null ? null : `the policy ${rule}`)
        console.log(
          visibleLine(
            `  ${decided}${who === null ? '' : ` by ${who}`}${reason === null ? '' : `: ${reason}`}`,
          ),
        )
      }
      for (const change of told.changes) console.log(visibleLine(`  ${change}`))
    }
    if (next === null) return
    cursor = next
  }
}

/** What version `to` says otherwise than version `from`. */
export async function diffVersions(
  client: AdminClient,
  tool: string,
  from: string,
  to: string,
): Promise<void> {
  const diff = await client.call(ENDPOINTS.diffVersions, {
    params: { ...partsOf(tool), number: to },
    query: { from },
  })
  if (diff.words.length === 0) console.log('Both say the same.')
  for (const sentence of diff.words) console.log(visibleLine(sentence))
  for (const { field, from: before, to: after } of diff.fields)
    console.log(visibleLine(`${field}: ${shortly(before)} → ${shortly(after)}`))
  for (const line of diff.code.split('\n')) console.log(visibleLine(line))
}

/** Goes back to a version; says whether that is live, or waits for a decision first. */
export async function rollBackTool(
  client: AdminClient,
  tool: string,
  number: string,
): Promise<void> {
  const { outcome, version, reason } = await client.call(ENDPOINTS.rollBack, {
    params: { ...partsOf(tool), number },
  })
  const told = {
    live: `Version ${version.number} of ${version.tool} is live.`,
    drafted: `${reason ?? ''} Its text is the draft version ${version.number} now.`,
    unchanged: `Nothing changed: version ${version.number} of ${version.tool} is ${version.state}.`,
  }
  console.log(visibleLine(told[outcome].trim()))
}

export async function deleteTool(client: AdminClient, tool: string): Promise<void> {
  await client.call(ENDPOINTS.deleteTool, { params: partsOf(tool) })
  console.log(`${tool} is deleted; what happened stays on record.`)
}

/** The server and the tool of a name as `tools list` shows it. */
function partsOf(tool: string): { server: string; tool: string } {
  const parts = parseWireName(tool)
  if (parts === null) throw new Error(`"${tool}" names no tool; write it as server__tool.`)
  return parts
}

const SHOWN = 300

function shortly(value: Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…`
}

import type { ApprovalView } from '#contract/admin-api.ts'
import { manifestLines } from '#contract/manifest.ts'
import { visibleText } from './visible-text.ts'

const MAY = { host: 'reach', module: 'import', secret: 'read the secret' } as const

/** A question as the person who decides reads it in a terminal; nothing in it is left invisible. */
export function present(approval: ApprovalView): string {
  const { version, live } = approval
  const { manifest, annotations } = version
  const may = manifestLines(manifest).map(({ kind, value }) => `${MAY[kind]} ${value}`)
  const client =
    approval.client === null ? '' : ` from ${approval.client.name} ${approval.client.version}`
  const text = [
    `── ${version.tool} · version ${version.number}`,
    `request    ${approval.id}`,
    `hash       ${version.hash}`,
    `asked by   ${approval.requested_by}${client}, ${approval.requested_at}`,
    `replaces   ${live === null ? 'nothing, it is new' : `version ${live.number} (${live.hash.slice(0, 12)})`}`,
    `may        ${may.length === 0 ? 'nothing: no network, no secrets, default modules only' : may.join(', ')}`,
    `says it    ${effects(annotations)}`,
    `time limit ${version.timeout_ms / 1000} s`,
    `notes      ${approval.notes || '(none)'}`,
    '',
    version.description,
    '',
    ...version.code
      .replace(/\n$/, '')
      .split('\n')
      .map((line, at) => `${String(at + 1).padStart(4)} │ ${line}`),
    '',
  ].join('\n')
  return visibleText(text)
}

function effects(hints: ApprovalView['version']['annotations']): string {
  if (hints.readOnlyHint) return hints.openWorldHint ? 'only reads, also outside' : 'only reads'
  const does = hints.destructiveHint ? 'may change and destroy' : 'may add, not destroy'
  return hints.openWorldHint ? `${does}, also outside` : does
}

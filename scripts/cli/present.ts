import type { ApprovalView, LineView } from '#contract/admin-api.ts'
import { MAX_QUEUED_MS } from '#contract/limits.ts'
import { lineText, manifestLines } from '#contract/manifest.ts'
import { lineInWords } from '#contract/manifest-words.ts'
import { inForce } from './in-force.ts'
import { presentCheck, presentDiff, presentTests } from './present-evidence.ts'
import { presentPackages } from './present-packages.ts'
import type { Publication } from '#contract/publication.ts'
import { isPlain, isPlainJson, visibleLine, visibleText } from '#contract/visible-text.ts'

/** What opting in means, as the person who approves reads it. */
const WHEN_AWAY = `a call while this machine is away waits up to ${MAX_QUEUED_MS / 3_600_000} h, with its arguments kept at Cloudflare, and runs then`

/**
 * A question as the person who decides reads it in a terminal. Nothing of the asker's can pass for a
 * line of ours: its fields stay on one line, its prose stands behind a bar, its code behind line
 * numbers, and what a terminal would not show is spelled out.
 */
export function present(approval: ApprovalView): string {
  const { version, live } = approval
  const known = new Map(approval.lines.map((line) => [lineText(line), line]))
  const may = manifestLines(version.manifest).map((line) =>
    [lineInWords(line), standing(known.get(lineText(line)))].join(''),
  )
  const { client, address } = approval
  const odd = oddPlaces(approval)
  const fields = {
    request: approval.id,
    hash: version.hash,
    'written by': version.created_by,
    'asked by': `${approval.requested_by}${client === null ? '' : ` with ${client.name} ${client.version}`}${address === null ? '' : ` from ${address}`}, ${approval.requested_at}`,
    replaces:
      live === null ? 'nothing, it is new' : `version ${live.number} (${live.hash.slice(0, 12)})`,
    may:
      may.length === 0 ? 'nothing: no network, no secrets, default modules only' : may.join(', '),
    'says it': effects(version.annotations),
    'offered as': offer(version.publication),
    language: version.language,
    'time limit': `${version.timeout_ms / 1000} s`,
    ...(version.queue_when_away && { 'when away': WHEN_AWAY }),
    ...(odd.length > 0 && { beware: `hidden or look-alike characters in ${odd.join(', ')}` }),
  }
  return [
    `── ${version.tool} · version ${version.number}`,
    ...Object.entries(fields).map(([name, value]) => `${name.padEnd(10)} ${visibleLine(value)}`),
    ...prose('code and manifest', presentCheck(approval)),
    ...prose('tests', presentTests(approval)),
    ...(version.module_lock === null ? [] : prose('packages', presentPackages(approval))),
    ...prose('description', version.description.split('\n')),
    ...(approval.notes === '' ? [] : prose('notes', approval.notes.split('\n'))),
    'code',
    ...version.code
      .replace(/\n$/, '')
      .split('\n')
      .map((line, at) => `${String(at + 1).padStart(4)} │ ${visibleText(line)}`),
    ...(approval.diff === null ? [] : prose('changes', presentDiff(approval.diff))),
    '',
  ].join('\n')
}

/** Where something is not what it seems. */
function oddPlaces({ client, notes, requested_by, version }: ApprovalView): string[] {
  const places = {
    'who wrote it': version.created_by,
    'who asks': requested_by,
    'the client': `${client?.name} ${client?.version}`,
    'the description': version.description,
    'the notes': notes,
    'the code': version.code,
  }
  const odd = Object.entries(places).filter(([, text]) => !isPlain(text))
  const schemas = [version.input_schema, version.output_schema]
  return [...odd.map(([place]) => place), ...(isPlainJson(schemas) ? [] : ['the schemas'])]
}

/** Written text behind a bar, without the blank lines that would push what follows off the screen. */
function prose(title: string, lines: string[]): string[] {
  const written = lines.filter((line) => line.trim() !== '')
  return [title, ...written.map((line) => `     ┊ ${visibleLine(line)}`)]
}

/** What is known of a line beside what it says: nothing, for most. */
function standing(line: LineView | undefined): string {
  if (line === undefined) return ''
  const { live, permitted } = line
  const until = permitted?.expires_at ?? null
  const notes = [
    ...(live === null ? [] : [`now ${inForce(live)}`]),
    ...(permitted === null
      ? []
      : [`permitted by ${permitted.by}${until === null ? '' : ` until ${until}`}`]),
  ]
  return notes.length === 0 ? '' : ` (${notes.join(', ')})`
}

function offer(publication: Publication): string {
  if (publication.kind !== 'resource') return `the ${publication.kind} ${publication.name}`
  const type = publication.mimeType === null ? '' : `, ${publication.mimeType}`
  return `the resource ${publication.uri}${type}`
}

function effects(hints: ApprovalView['version']['annotations']): string {
  if (hints.readOnlyHint) return hints.openWorldHint ? 'only reads, also outside' : 'only reads'
  const does = hints.destructiveHint ? 'may change and destroy' : 'may add, not destroy'
  return hints.openWorldHint ? `${does}, also outside` : does
}

import type { LineView } from '#contract/admin-api.ts'
import { lineText, manifestLines } from '#contract/manifest.ts'
import { isInForce } from '../../../domain/grants/term.ts'
import type { Permission } from '../../../domain/permissions/permission.ts'
import { permittedLines } from '../../../domain/permissions/permitted.ts'
import type { Stores } from '../../../domain/stores.ts'
import { termView } from './term-view.ts'
import type { Version } from '../../../domain/tools/version.ts'

/** Of each line of a version, how what is live has it, and whether it stands permitted. */
export async function linesAsked(
  { tools, permissions }: Pick<Stores, 'tools' | 'permissions'>,
  version: Version,
  live: Version | null,
): Promise<LineView[]> {
  const now = new Date()
  const granted = live === null ? null : await tools.candidate(live.id)
  const has = new Map((granted?.approved?.lines ?? []).map((line) => [lineText(line), line]))
  const standing = await permissions.ofTool(version.toolId)
  const permitted = new Map(permittedLines(standing, now).map((line) => [lineText(line), line]))
  return manifestLines(version.manifest).map((line) => {
    const before = has.get(lineText(line))
    const permission = permitted.get(lineText(line))
    return {
      kind: line.kind,
      value: line.value,
      live: before === undefined ? null : termView(before),
      permitted:
        permission === undefined || !isInForce(permission, now)
          ? null
          : {
              by: grantorOf(standing, permission),
              expires_at: permission.expiresAt?.toISOString() ?? null,
            },
    }
  })
}

function grantorOf(
  standing: readonly Permission[],
  line: { kind: string; value: string; expiresAt: Date | null },
): string {
  const permission = standing.find(
    ({ kind, value, expiresAt }) =>
      kind === line.kind &&
      value === line.value &&
      expiresAt?.getTime() === line.expiresAt?.getTime(),
  )
  if (permission === undefined) throw new Error(`nobody permitted ${line.kind} ${line.value}`)
  return permission.grantedBy
}

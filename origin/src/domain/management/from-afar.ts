import type { Principal } from '#contract/principal.ts'
import { FIXED_DEFAULTS, settingValue } from '../admin-settings.ts'
import type { Call } from '../operations/call.ts'
import { refuse } from '../refusal.ts'
import { effectOf } from '../tools/effect.ts'
import type { ManagementTool } from './management-tool.ts'

/**
 * Lets a management tool that destroys be called from afar only where an admin allowed that. Every
 * management tool passes here, and what counts are its hints.
 * @throws Refusal destructive_from_afar
 */
export async function assertMayDestroy(
  { principal, stores }: Pick<Call, 'principal' | 'stores'>,
  { name, annotations }: Pick<ManagementTool['catalog'], 'name' | 'annotations'>,
): Promise<void> {
  if (effectOf(annotations) !== 'destructive' || isHere(principal)) return
  const { value } = await settingValue(stores.settings, FIXED_DEFAULTS, 'remote_destructive')
  if (!value)
    refuse(
      'destructive_from_afar',
      `${name} ends or replaces what others rely on, and is not for callers from afar. Ask a person to do it at the machine, or an admin to allow it: npx mcpbox settings set remote_destructive true`,
    )
}

/** On this machine or in its network; who is not known to be is not. */
function isHere(principal: Principal): boolean {
  return principal.kind === 'local' || principal.kind === 'token'
}

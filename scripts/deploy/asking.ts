import { DeployFailure } from './failure.ts'
import type { Flags } from './options.ts'
import type { Run } from './run.ts'
import type { Terminal } from './terminal.ts'

/**
 * Asks whether a plan may be carried out, unless that was said with --yes.
 * @throws DeployFailure when not, or when nobody is there to be asked
 */
export async function confirm(flags: Flags, { ask }: Terminal): Promise<void> {
  if (flags.yes) return
  if (ask === null)
    throw new DeployFailure('Nobody can be asked here; say --yes to go ahead with this plan.')
  if (!isYes(await ask('\nGo ahead? [y/N] '))) throw new DeployFailure('Nothing was changed.')
}

/**
 * Whether to take over what is not ours: only --adopt says so, or a person, who is asked about each
 * thing once however many passes meet it.
 */
export function takingOver(flags: Flags, { ask }: Terminal): Run['mayTakeOver'] {
  const taken = new Set<string>()
  return async ({ part, what, id }) => {
    if (flags.adopt || flags['dry-run'] || taken.has(`${part} ${id}`)) return
    const question = `There is a ${what} (${id}) that this MCPbox did not make. Taking it over changes it to what MCPbox needs.`
    if (ask !== null && !flags.yes && isYes(await ask(`${question} Take it over? [y/N] `))) {
      taken.add(`${part} ${id}`)
      return
    }
    throw new DeployFailure(
      `${question} It was left alone. To take it over add --adopt; to keep it deploy under another name (--worker).`,
    )
  }
}

const isYes = (answer: string) => /^y(es)?$/i.test(answer.trim())

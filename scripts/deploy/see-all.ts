import { DeployFailure } from './failure.ts'
import { seeDoorShut, seeHealth, seeOrigin, type Verifier } from './verify.ts'

/**
 * Looks at a deployed Worker from outside, and says each thing it sees.
 * @throws DeployFailure when not all is well
 */
export async function seeAll(
  verifier: Verifier,
  {
    publicUrl,
    serviceToken,
    say,
  }: { publicUrl: string; serviceToken: string; say: (text: string) => void },
): Promise<void> {
  say('\nLooking at it from outside:')
  let well = true
  for (const look of [
    () => seeHealth(verifier, publicUrl),
    () => seeDoorShut(verifier, publicUrl),
    () => seeOrigin(verifier, publicUrl, serviceToken),
  ]) {
    const { ok, saw, next } = await look()
    say(`  ${ok ? '✓' : '✗'} ${saw}${next === '' ? '' : `\n    ${next}`}`)
    well &&= ok
  }
  if (!well)
    throw new DeployFailure('It is deployed, but not all is well with it: see the lines with ✗.')
}

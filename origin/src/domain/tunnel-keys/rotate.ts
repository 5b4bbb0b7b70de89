import type { Doer } from '../activity.ts'
import { refuse } from '../refusal.ts'
import type { SettingStore } from '../settings.ts'
import type { Within } from '../stores.ts'
import { begun, finished, freshRing, KeyRing, type KeyPair } from './key-ring.ts'

const SUBJECT = 'tunnel keys'

/** The key ring of this installation, made at its first reading; replicas that read at once get the same. */
export async function readKeyRing(settings: SettingStore): Promise<KeyRing> {
  const kept = await settings.get('tunnel_keys')
  return parse(kept ?? (await settings.keep('tunnel_keys', JSON.stringify(freshRing()))))
}

/** Begins a rotation, or finds the one under way: from now on its pair is good beside the one in force. */
export function beginRotation(within: Within, by: Doer): Promise<KeyPair> {
  return within(async (stores) => {
    const { settings, activity } = stores
    const ring = parse(await settings.locked('tunnel_keys'))
    const next = begun(ring)
    if (ring.next !== null) return ring.next
    await settings.set('tunnel_keys', JSON.stringify(next))
    await activity.record({ ...by, action: 'rotation.begun', subject: SUBJECT })
    await stores.tunnelKeysChanged()
    return next.next
  })
}

/**
 * Ends the rotation `id`: its pair is in force, the old one no longer good. Doing it again does nothing.
 * @throws Refusal rotation_unknown when it is neither under way nor the last one
 */
export function finishRotation(within: Within, id: string, by: Doer): Promise<void> {
  return within(async (stores) => {
    const { settings, activity } = stores
    const ring = parse(await settings.locked('tunnel_keys'))
    const after = finished(ring, id)
    if (after === null)
      return refuse(
        'rotation_unknown',
        'This rotation is not under way: another one was finished since. Begin again.',
      )
    if (after === ring) return
    await settings.set('tunnel_keys', JSON.stringify(after))
    await activity.record({ ...by, action: 'rotation.finished', subject: SUBJECT })
    await stores.tunnelKeysChanged()
  })
}

function parse(kept: string | null): KeyRing {
  if (kept === null) throw new Error('there are no tunnel keys, though the origin has started')
  return KeyRing.parse(JSON.parse(kept))
}

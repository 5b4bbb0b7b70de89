import type { Name, SecretName } from '#contract/names.ts'
import type { Doer } from '../activity.ts'
import { refuse } from '../refusal.ts'
import type { Stores } from '../stores.ts'
import type { Secret } from './secret-store.ts'

/** A secret's name, in a server. */
export interface SecretPlace {
  server: Name
  serverId: string
  name: SecretName
}

/** Sentence for an unknown secret. */
export function secretUnknown({ server, name }: Omit<SecretPlace, 'serverId'>): never {
  return refuse('secret_unknown', `The server "${server}" has no secret named ${name}.`)
}

/** Makes a secret that a person gives a value later. @throws Refusal name_taken */
export async function declareSecret(
  { secrets, activity }: Stores,
  by: Doer,
  { server, serverId, name }: SecretPlace,
  description: string,
): Promise<void> {
  if (!(await secrets.declare(serverId, { name, description, by: by.actor })))
    refuse(
      'name_taken',
      `The server "${server}" already has a secret named ${name}; use it as it is.`,
    )
  await activity.record({ ...by, action: 'secret.created', subject: `${server}/${name}` })
}

/** Sets a secret's value, the first or the next: its name stays, and so does what is granted. */
export async function setSecret(
  { secrets, activity }: Stores,
  by: Doer,
  { server, serverId, name }: SecretPlace,
  value: string,
): Promise<void> {
  await secrets.set(serverId, name, value, by.actor)
  await activity.record({ ...by, action: 'secret.set', subject: `${server}/${name}` })
}

export async function describeSecret(
  { secrets, activity }: Stores,
  by: Doer,
  { id, server, name }: Secret,
  description: string,
): Promise<void> {
  await secrets.describe(id, description, by.actor)
  await activity.record({
    ...by,
    action: 'secret.described',
    subject: `${server}/${name}`,
    details: { description },
  })
}

/** Forgets a secret, its value and its links. @throws Refusal secret_unknown */
export async function removeSecret(
  { secrets, activity }: Stores,
  by: Doer,
  place: SecretPlace,
): Promise<void> {
  if (!(await secrets.remove(place.serverId, place.name))) secretUnknown(place)
  await activity.record({
    ...by,
    action: 'secret.removed',
    subject: `${place.server}/${place.name}`,
  })
}

import type { Principal } from '#contract/principal.ts'

/** A principal as a person reads it. */
export function principalLabel(principal: Principal): string {
  switch (principal.kind) {
    case 'user':
      return principal.email
    case 'service':
      return `service token ${principal.clientId}`
    case 'token':
      return `API token ${principal.name}`
    case 'local':
      return 'this machine'
    case 'anonymous':
      return 'nobody'
  }
}

/** Who is behind the keys that rows are owned by (`principalKey`). */
export interface PrincipalStore {
  note(key: string, label: string): Promise<void>
  /** The label of a key; the key itself when nobody noted one. */
  label(key: string): Promise<string>
}

import type { OperationRequest } from '#contract/operation.ts'

/**
 * Whose call it is when no session tells: the client as a modern request states it; null of others.
 * Two of the same text are the same client.
 */
export function modernClientOf({ era, client }: OperationRequest): string | null {
  return era === 'modern' ? JSON.stringify(client) : null
}

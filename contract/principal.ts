import { z } from 'zod'

const Subject = z
  .string()
  .min(1)
  .max(255)
  .regex(/^\P{C}+$/u, 'must be visible text')

/** A person or a machine that came through the Worker. */
export const RemotePrincipal = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('user'), sub: Subject, email: z.email().max(254) }),
  z.object({ kind: z.literal('service'), clientId: Subject }),
])
export type RemotePrincipal = z.infer<typeof RemotePrincipal>

/** Somebody who is let in and not known: may be greeted, and nothing else. Never asks the origin. */
export const AnonymousPrincipal = z.object({ kind: z.literal('anonymous') })
export type AnonymousPrincipal = z.infer<typeof AnonymousPrincipal>

/** Who is asking: through the Worker, from this machine, or from the LAN with a named token. */
export const Principal = z.discriminatedUnion('kind', [
  ...RemotePrincipal.options,
  AnonymousPrincipal,
  z.object({ kind: z.literal('local') }),
  z.object({ kind: z.literal('token'), name: z.string().min(1).max(100) }),
])
export type Principal = z.infer<typeof Principal>

/**
 * One string per principal. The prefix keeps the kinds apart, so that no subject can be spelled
 * to equal a client id. It is what rows are owned by and what session ids are bound to.
 */
export function principalKey(principal: Principal): string {
  switch (principal.kind) {
    case 'user':
      return `user:${principal.sub}`
    case 'service':
      return `service:${principal.clientId}`
    case 'token':
      return `token:${principal.name}`
    case 'local':
    case 'anonymous':
      return principal.kind
  }
}

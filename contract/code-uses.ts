import { z } from 'zod'
import { HostGrant } from './host-grant.ts'
import { ModuleName, SecretName } from './names.ts'
import { DistributionName } from './packages.ts'
import { SecretGrant } from './secret-grant.ts'

/** More of one kind than this is not told of one text. */
export const MOST_USES = 60

/**
 * What reading code does not see through:
 * `host` made at run time (the hint is a wildcard that would cover it) · `host_end`, a host after which
 * something may go on (the hint is the host) · `port` (the hint is the host) · `request`, what sends is
 * handed on · `module` imported by a name made at run time · `secret` likewise · `code` made at run time,
 * or reached past imports (the hint is by what) · `too_much` to read, or to tell, to the end.
 */
export const UnseenKind = z.enum([
  'host',
  'host_end',
  'port',
  'request',
  'module',
  'secret',
  'code',
  'too_much',
])
export type UnseenKind = z.infer<typeof UnseenKind>

export const Unseen = z.object({
  kind: UnseenKind,
  /** Where the first of its kind stands. */
  line: z.int().positive(),
  hint: z.string().max(300).nullable(),
})
export type Unseen = z.infer<typeof Unseen>

/**
 * What code uses as far as its text shows, without running it. Advice to people, never authority: what
 * a tool may do is what its manifest says, whatever was seen or not.
 */
export const CodeUses = z.object({
  hosts: z.array(HostGrant).max(MOST_USES),
  /** Of the standard library, beyond those that every tool has. */
  modules: z.array(ModuleName).max(MOST_USES),
  /** Top-level names of modules that come from elsewhere, and the package that likely brings each. */
  packages: z.array(z.object({ module: ModuleName, package: DistributionName })).max(MOST_USES),
  /**
   * `read`: the code takes the value itself; else it only sends it, or writes its placeholder. `places`
   * are the lines of a manifest with which it is sent where the code puts it.
   */
  secrets: z
    .array(
      z.object({
        name: SecretName,
        read: z.boolean(),
        places: z.array(SecretGrant).max(MOST_USES),
      }),
    )
    .max(MOST_USES),
  unseen: z.array(Unseen).max(MOST_USES),
})
export type CodeUses = z.infer<typeof CodeUses>

export const NO_USES: CodeUses = { hosts: [], modules: [], packages: [], secrets: [], unseen: [] }

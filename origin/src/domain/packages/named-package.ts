import { z } from 'zod'
import { DistributionName } from '#contract/packages.ts'

/**
 * A distribution as authors write it, `PyYAML==6.0.2` or without a version, with its name brought
 * to its normal form (PEP 503). Nothing fits that pip could take for an option, an address, a path
 * or a range.
 */
export const NamedPackage = z
  .string()
  .max(140)
  .regex(
    /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?(?:==[A-Za-z0-9.]+)?$/,
    'must be the name of a distribution and one exact version, such as `pyyaml==6.0.2`',
  )
  .transform((named) => {
    const [name = '', version = null] = named.split('==')
    return { name: name.replace(/[-_.]+/g, '-').toLowerCase(), version }
  })
  .pipe(z.object({ name: DistributionName, version: z.string().nullable() }))
export type NamedPackage = z.infer<typeof NamedPackage>

import { z } from 'zod'
import type { Part } from '#contract/deployment.ts'
import { differences, ensure } from '../ensure.ts'
import { DeployFailure } from '../failure.ts'
import type { Run } from '../run.ts'

const Policy = z.looseObject({ id: z.string(), name: z.string() })
const ServiceToken = z.object({ id: z.string(), name: z.string() })

/** An Access policy (API "Access reusable policies"): whom it is about, and what becomes of them. */
export interface PolicyWanted {
  part: Extract<Part, `${string}_policy`>
  name: string
  decision: 'allow' | 'non_identity' | 'bypass'
  include: Record<string, unknown>[]
}

export async function ensurePolicy(run: Run, wanted: PolicyWanted): Promise<string> {
  const { cloudflare, account, records } = run
  const policies = `/accounts/${account}/access/policies`
  const { part, ...body } = wanted
  const policy = await ensure(run, {
    part,
    name: wanted.name,
    find: () => cloudflare.list(policies, Policy),
    make: () =>
      cloudflare.write({ method: 'POST', path: policies, body }, Policy, {
        id: `<policy ${wanted.name}>`,
        name: wanted.name,
      }),
    wrong: (found) => differences(found, { ...body, exclude: [], require: [] }),
    change: (found) =>
      cloudflare.write(
        {
          method: 'PUT',
          path: `${policies}/${found.id}`,
          body: { ...found, exclude: [], require: [], ...body },
        },
        Policy,
        found,
      ),
  })
  await records.made(part, { id: policy.id, name: policy.name })
  return policy.id
}

/** Exactly these addresses, and nobody else. */
export function peoplePolicy(worker: string, emails: readonly string[]): PolicyWanted {
  if (emails.length === 0) throw new DeployFailure('Say who may come in: --email you@example.com')
  return {
    part: 'people_policy',
    name: `${worker} people`,
    decision: 'allow',
    include: emails.map((email) => ({ email: { email } })),
  }
}

/**
 * Access service tokens that exist, by their names.
 * @throws DeployFailure that names one that does not exist
 */
export async function machinesPolicy(
  run: Run,
  worker: string,
  names: readonly string[],
): Promise<PolicyWanted> {
  const tokens = await run.cloudflare.list(
    `/accounts/${run.account}/access/service_tokens`,
    ServiceToken,
  )
  const include = names.map((name) => {
    const token = tokens.find((one) => one.name === name)
    if (token === undefined)
      throw new DeployFailure(
        `There is no Access service token named “${name}”. Make it in Cloudflare’s dashboard (Zero Trust → Access → Service auth), which shows its secret once, then run again.`,
      )
    return { service_token: { token_id: token.id } }
  })
  return { part: 'machines_policy', name: `${worker} machines`, decision: 'non_identity', include }
}

import { z } from 'zod'
import { WorkerSecrets } from '#contract/admin-api.ts'
import {
  Deployment,
  DeploymentChanged,
  Rotation,
  RotationUnderWay,
  type DeploymentRecord,
} from '#contract/deployment.ts'
import { ProblemBody, problemOf, type ProblemCode } from '#contract/problem.ts'
import { DeployFailure } from './failure.ts'

const TIMEOUT_MS = 30_000

/** The origin said no, with a code. */
export class OriginRefused extends DeployFailure {
  readonly code: ProblemCode

  constructor(code: ProblemCode, message: string) {
    super(message)
    this.code = code
  }
}

/** `/internal` of the origin, as the script that deploys the Worker uses it. */
export interface OriginClient {
  deployment(): Promise<Deployment>
  /** @throws OriginRefused deployment_changed */
  changeDeployment(revision: number, record: DeploymentRecord): Promise<number>
  secrets(): Promise<WorkerSecrets>
  rotation(): Promise<Rotation | null>
  beginRotation(): Promise<Rotation>
  /** @throws OriginRefused rotation_unknown */
  finishRotation(id: string): Promise<void>
}

/** @param url of the admin door */
export function originClient(url: string, deployKey: string): OriginClient {
  async function ask<T>(
    method: string,
    path: string,
    schema: z.ZodType<T>,
    body?: unknown,
  ): Promise<T> {
    let response: Response
    let text: string
    try {
      response = await fetch(new URL(`/internal${path}`, url), {
        method,
        headers: {
          authorization: `Bearer ${deployKey}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      text = await response.text()
    } catch (cause) {
      throw new DeployFailure(
        `MCPbox does not answer at ${url}. Start it (npm start), or say where its admin door is: --url or MCPBOX_ADMIN_URL.`,
        { cause },
      )
    }
    if (!response.ok) throw refusalIn(text, url, response.status)
    return schema.parse(text === '' ? null : JSON.parse(text))
  }

  return {
    deployment: () => ask('GET', '/deployment', Deployment),
    async changeDeployment(revision, record) {
      const changed = await ask('PUT', '/deployment', DeploymentChanged, { revision, record })
      return changed.revision
    },
    secrets: () => ask('GET', '/worker-secrets', WorkerSecrets),
    rotation: async () => (await ask('GET', '/rotation', RotationUnderWay)).rotation,
    beginRotation: () => ask('POST', '/rotation', Rotation),
    async finishRotation(id) {
      await ask('POST', `/rotation/${id}/finish`, z.null())
    },
  }
}

function refusalIn(text: string, url: string, status: number): DeployFailure {
  let json: unknown = null
  try {
    json = JSON.parse(text)
  } catch {
    // Not ours, as the sentence says.
  }
  const problem = ProblemBody.safeParse(json)
  if (!problem.success)
    return new DeployFailure(`What answers at ${url} (status ${status}) is not MCPbox.`)
  const { code, message } = problemOf(problem.data)
  if (code === 'unauthenticated')
    return new OriginRefused(
      code,
      `MCPbox at ${url} does not take this MCPBOX_DEPLOY_KEY. It is the one of secrets.env in the data folder of that very MCPbox; is MCPBOX_DATA set to it?`,
    )
  return new OriginRefused(code, `MCPbox refused (${code}): ${message}`)
}

import { writtenText } from '#contract/written-text.ts'
import { z } from 'zod'
import { normalHostGrant } from '#contract/host-grant.ts'
import { lineText } from '#contract/manifest.ts'
import { ModuleName } from '#contract/names.ts'
import { PackagePin } from '#contract/packages.ts'
import type { Call } from '../operations/call.ts'
import { NamedPackage } from '../packages/named-package.ts'
import { assertStandardModules } from '../packages/standard-library.ts'
import { type Answer, askPermission, endedBefore } from '../permissions/ask.ts'
import type { Subject } from '../permissions/permission.ts'
import { refuse } from '../refusal.ts'
import * as inputs from './inputs.ts'
import { ADDS, managementTool, told } from './management-tool.ts'

const asked = {
  server: inputs.server,
  tool: inputs.tool.optional().describe('left out: for every tool of the server'),
  justification: writtenText(2_000)
    .refine((text) => text.trim() !== '', 'must say what it is needed for')
    .describe('what it is needed for, for the person'),
}

const output = z.object({
  line: z.string(),
  state: z.enum(['waiting', 'permitted']),
  request: z.string().nullable(),
  expires_at: z.string().nullable(),
  next: z.string(),
})

export const requestModule = managementTool({
  name: 'mcpbox_request_module',
  title: 'Ask for a module or package',
  description:
    'Asks a person to permit a standard library module, or a package of the index, to drafts under trial. A published version is asked about with all it names in any case.',
  input: z
    .strictObject({
      ...asked,
      module: ModuleName.optional().describe('of the standard library: `socket`'),
      package: NamedPackage.optional().describe('at one exact version: `pyyaml==6.0.2`'),
    })
    .refine(
      (input) => (input.module === undefined) !== (input.package === undefined),
      'name a module or a package, and not both',
    ),
  output,
  annotations: { ...ADDS, idempotentHint: true },
  answer: (call, { server, tool = null, module, package: named, justification }) => {
    if (module !== undefined) assertStandardModules([module])
    const line =
      module === undefined
        ? { kind: 'package' as const, value: pinOf(named) }
        : { kind: 'module' as const, value: module }
    return answered(call, { server, tool, ...line }, justification)
  },
})

export const requestNetworkAccess = managementTool({
  name: 'mcpbox_request_network_access',
  title: 'Ask for a host',
  description:
    'Asks a person to let drafts under trial reach a host. A published version is asked about with all it names in any case.',
  input: z.strictObject({
    ...asked,
    host: z.string().max(260).describe('`api.example.com`, `*.example.com`, `nas.lan:8080`'),
  }),
  output,
  annotations: { ...ADDS, idempotentHint: true },
  answer: (call, { server, tool = null, host, justification }) =>
    answered(call, { server, tool, kind: 'host', value: hostOf(host) }, justification),
})

function answered(call: Call, subject: Subject, justification: string): Promise<void> {
  return call.finish(async (stores) => {
    const answer = await askPermission(stores, call.doer, subject, justification)
    const permitted = 'permitted' in answer ? answer.permitted : null
    return told({
      line: lineText(subject),
      state: permitted === null ? 'waiting' : 'permitted',
      request: 'waits' in answer ? answer.waits.id : null,
      expires_at: permitted?.expiresAt?.toISOString() ?? null,
      next: nextOf(answer, subject),
    })
  })
}

const FIELDS = { host: 'hosts', module: 'modules', package: 'packages' } as const

function nextOf(answer: Answer, { kind }: Subject): string {
  const field = FIELDS[kind]
  if ('permitted' in answer)
    return `It is permitted: name it in \`${field}\` of the draft, then mcpbox_test_code may use it.`
  return `A person decides now.${endedBefore(answer.before)} Ask mcpbox_list_pending_requests or mcpbox_get_tool_status how it stands.`
}

/** @throws Refusal invalid_arguments */
function hostOf(written: string): string {
  return (
    normalHostGrant(written.trim()) ??
    refuse(
      'invalid_arguments',
      'host: must be a host name or address, with a port if need be, such as `api.example.com`, `*.example.com` or `nas.lan:8080`, without scheme, path, user or spaces.',
    )
  )
}

/** @throws Refusal package_refused */
function pinOf(named: z.infer<typeof NamedPackage> | undefined): string {
  const pin = PackagePin.safeParse(`${named?.name}==${named?.version ?? ''}`)
  return pin.success
    ? pin.data
    : refuse(
        'package_refused',
        'Name the package at one exact version, such as `pyyaml==6.0.2`; ranges and the newest one cannot be permitted.',
      )
}

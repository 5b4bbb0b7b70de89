import { present } from './present.ts'
import type { AdminClient } from './admin-client.ts'
import { approve, reject, reviewApprovals } from './approvals.ts'
import { expireGrant, listGrants, restoreGrant, revokeGrant } from './grants.ts'
import { followActivity, showActivity, showExecutions } from './logs.ts'
import {
  expirePermission,
  grantPermission,
  listPermissions,
  revokePermission,
} from './permissions.ts'
import { approveRequest, listRequests, rejectRequest, reviewRequests } from './requests.ts'
import { changeServerPolicy, changeSetting, listSettings } from './settings.ts'
import { deleteSecret, linkSecret, listSecrets, setSecret } from './secrets.ts'
import { deleteServer, listServers, startServer, stopServer } from './servers.ts'
import { listTools } from './tools.ts'
import { deleteTool, diffVersions, listVersions, rollBackTool } from './versions.ts'

/** Options of the commands. */
export const OPTIONS = {
  tool: { type: 'string' },
  limit: { type: 'string' },
  actor: { type: 'string' },
  action: { type: 'string' },
  text: { type: 'string' },
  until: { type: 'string' },
} as const
export const OPTION_NAMES = Object.keys(OPTIONS) as (keyof typeof OPTIONS)[]
export type Options = { [name in keyof typeof OPTIONS]?: string | undefined }

export interface Command {
  /** As it is typed: `noun verb <needed> [may be left out]`. */
  typed: string
  says: string
  /** Those that mean something to it; others are refused. None where it is left out. */
  takes?: readonly (keyof typeof OPTIONS)[]
  run(client: AdminClient, args: string[], options: Options): Promise<void>
}

export const COMMANDS: readonly Command[] = [
  {
    typed: 'approvals',
    says: 'show what waits, and decide',
    run: reviewApprovals,
  },
  {
    typed: 'approvals list',
    says: 'show what waits',
    async run(client) {
      for (const approval of await client.waiting()) console.log(present(approval))
    },
  },
  {
    typed: 'approvals approve <request> <hash>',
    says: 'make exactly this version live',
    takes: ['until'],
    run: (client, [id = '', hash = ''], { until }) => approve(client, id, hash, until),
  },
  {
    typed: 'approvals reject <request> <hash> <reason>',
    says: 'the assistant reads the reason',
    run: (client, [id = '', hash = '', reason = '']) => reject(client, id, hash, reason),
  },
  {
    typed: 'requests',
    says: 'show which permissions are asked for, and decide',
    run: reviewRequests,
  },
  { typed: 'requests list', says: 'show which permissions are asked for', run: listRequests },
  {
    typed: 'requests approve <request>',
    says: 'let drafts under trial use it',
    takes: ['until'],
    run: (client, [id = ''], { until }) => approveRequest(client, id, until),
  },
  {
    typed: 'requests reject <request> <reason>',
    says: 'the assistant reads the reason',
    run: (client, [id = '', reason = '']) => rejectRequest(client, id, reason),
  },
  {
    typed: 'permissions list [server]',
    says: 'what drafts under trial may use',
    run: (client, [server]) => listPermissions(client, server),
  },
  {
    typed: 'permissions grant <server> <kind> <value>',
    says: 'host, module or package',
    takes: ['tool', 'until'],
    run: (client, args, options) => grantPermission(client, args, options),
  },
  {
    typed: 'permissions revoke <permission> <reason>',
    says: 'at once; the assistant reads the reason',
    run: (client, [id = '', reason = '']) => revokePermission(client, id, reason),
  },
  {
    typed: 'permissions expire <permission> <time>',
    says: 'when it ends by itself: 2026-12-31, or never',
    run: (client, [id = '', at = '']) => expirePermission(client, id, at),
  },
  {
    typed: 'grants list [server]',
    says: 'what live tools may use',
    run: (client, [server]) => listGrants(client, server),
  },
  {
    typed: 'grants revoke <grant> <reason>',
    says: 'at once; whoever calls the tool reads the reason',
    run: (client, [id = '', reason = '']) => revokeGrant(client, id, reason),
  },
  {
    typed: 'grants restore <grant>',
    says: 'give a revoked line back',
    run: (client, [id = '']) => restoreGrant(client, id),
  },
  {
    typed: 'grants expire <grant> <time>',
    says: 'when it ends by itself: 2026-12-31, or never',
    run: (client, [id = '', at = '']) => expireGrant(client, id, at),
  },
  { typed: 'settings list', says: 'what can be set', run: listSettings },
  {
    typed: 'settings set <name> <value>',
    says: 'such as approval_policy pure+shrinking, or default',
    run: (client, [name = '', value = '']) => changeSetting(client, name, value),
  },
  {
    typed: 'servers policy <server> <policy>',
    says: 'ask, pure, shrinking, pure+shrinking or inherit',
    run: (client, [server = '', policy = '']) => changeServerPolicy(client, server, policy),
  },
  {
    typed: 'secrets list <server>',
    says: 'names, never values',
    run: (client, [server = '']) => listSecrets(client, server),
  },
  {
    typed: 'secrets set <server> <name>',
    says: 'the value is typed, or read from standard input',
    run: (client, [server = '', name = '']) => setSecret(client, server, name),
  },
  {
    typed: 'secrets delete <server> <name>',
    says: 'forget a secret and its value',
    run: (client, [server = '', name = '']) => deleteSecret(client, server, name),
  },
  {
    typed: 'secrets link <server> <name>',
    says: 'a link behind which somebody sets it, once',
    run: (client, [server = '', name = '']) => linkSecret(client, server, name),
  },
  {
    typed: 'tools list [server]',
    says: 'tools, and what of each is live',
    run: (client, [server]) => listTools(client, server),
  },
  {
    typed: 'tools versions <server__tool>',
    says: 'who changed it, how, and what was decided',
    run: (client, [tool = '']) => listVersions(client, tool),
  },
  {
    typed: 'tools diff <server__tool> <from> <to>',
    says: 'what one version says otherwise than another',
    run: (client, [tool = '', from = '', to = '']) => diffVersions(client, tool, from, to),
  },
  {
    typed: 'tools rollback <server__tool> <version>',
    says: 'go back: live at once where its approval stands',
    run: (client, [tool = '', number = '']) => rollBackTool(client, tool, number),
  },
  {
    typed: 'tools delete <server__tool>',
    says: 'gone at once; its history is kept',
    run: (client, [tool = '']) => deleteTool(client, tool),
  },
  {
    typed: 'servers list',
    says: 'servers, and which are stopped',
    run: (client) => listServers(client),
  },
  {
    typed: 'servers stop <server>',
    says: 'nobody lists or calls its tools until it is started',
    run: (client, [server = '']) => stopServer(client, server),
  },
  {
    typed: 'servers start <server>',
    says: 'its live tools can be called again',
    run: (client, [server = '']) => startServer(client, server),
  },
  {
    typed: 'servers delete <server>',
    says: 'with its tools and secrets; histories are kept',
    run: (client, [server = '']) => deleteServer(client, server),
  },
  {
    typed: 'logs executions',
    says: 'what ran',
    takes: ['tool', 'limit'],
    run: (client, _args, options) => showExecutions(client, options),
  },
  {
    typed: 'logs activity',
    says: 'what happened',
    takes: ['actor', 'action', 'text', 'limit'],
    run: (client, _args, { actor, action, text, limit }) =>
      showActivity(client, { actor, action, text, limit }),
  },
  {
    typed: 'logs follow',
    says: 'what happens, as it happens',
    takes: ['actor', 'action', 'text'],
    run: (client, _args, { actor, action, text }) =>
      followActivity(client, { actor, action, text }),
  },
]

/** The command that was typed, and its arguments; null when there is none like it. */
export function commandOf(typed: readonly string[]): { command: Command; args: string[] } | null {
  for (const command of COMMANDS) {
    const parts = command.typed.split(' ')
    const words = parts.filter((part) => !/^[<[]/.test(part))
    const needed = parts.filter((part) => part.startsWith('<')).length
    const args = typed.slice(words.length)
    const isIt = words.every((word, at) => typed[at] === word)
    if (isIt && args.length >= needed && args.length <= parts.length - words.length)
      return { command, args }
  }
  return null
}

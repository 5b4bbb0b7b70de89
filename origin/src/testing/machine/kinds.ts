import type { EventKind } from './event.ts'
import { agentDecides } from './events/agent-decides.ts'
import { askAgain } from './events/ask-again.ts'
import { callTool } from './events/call-tool.ts'
import { crash } from './events/crash.ts'
import { crashInCall } from './events/crash-in-call.ts'
import { decide } from './events/decide.ts'
import { declareSecret } from './events/declare-secret.ts'
import { deleteTool } from './events/delete-tool.ts'
import { expireGrant } from './events/expire-grant.ts'
import { forbid } from './events/forbid.ts'
import { lookAround } from './events/look-around.ts'
import { makeSecretLink } from './events/make-secret-link.ts'
import { permit } from './events/permit.ts'
import { proposeTool } from './events/propose-tool.ts'
import { publishByPolicy } from './events/publish-by-policy.ts'
import { publishTool } from './events/publish-tool.ts'
import { race } from './events/race.ts'
import { raceCall } from './events/race-call.ts'
import { removeSecret } from './events/remove-secret.ts'
import { requestApproval } from './events/request-approval.ts'
import { restartSandbox } from './events/restart-sandbox.ts'
import { restoreGrant } from './events/restore-grant.ts'
import { revokeGrant } from './events/revoke-grant.ts'
import { rollBack } from './events/roll-back.ts'
import { runTests } from './events/run-tests.ts'
import { setPolicy } from './events/set-policy.ts'
import { setSecret } from './events/set-secret.ts'
import { startServer } from './events/start-server.ts'
import { stopServer } from './events/stop-server.ts'
import { tamper } from './events/tamper.ts'
import { tryDraft } from './events/try-draft.ts'
import { useSecretLink } from './events/use-secret-link.ts'
import { writeTool } from './events/write-tool.ts'

/** Everything that can happen. */
export const KINDS: readonly EventKind[] = [
  publishTool,
  proposeTool,
  writeTool,
  requestApproval,
  decide,
  race,
  callTool,
  raceCall,
  tryDraft,
  askAgain,
  declareSecret,
  setSecret,
  removeSecret,
  makeSecretLink,
  useSecretLink,
  revokeGrant,
  restoreGrant,
  expireGrant,
  setPolicy,
  publishByPolicy,
  runTests,
  rollBack,
  stopServer,
  startServer,
  deleteTool,
  permit,
  forbid,
  lookAround,
  agentDecides,
  crash,
  crashInCall,
  restartSandbox,
  tamper,
]

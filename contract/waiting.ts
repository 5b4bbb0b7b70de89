import type { CatalogTool } from './catalog.ts'
import { OpId } from './operation.ts'

/**
 * The tool by which a client follows a call that was still running when its own patience ended. The
 * origin lists it; the gateway answers it, because waiting is no operation of its own.
 */
export const WAIT_TOOL: CatalogTool = {
  name: 'mcpbox_wait',
  title: 'Wait for a call',
  description:
    'Gives the result of a call that was still running, or that waits for MCPbox to be back. Waits for it if it runs.',
  inputSchema: {
    type: 'object',
    properties: { handle: { type: 'string' } },
    required: ['handle'],
    additionalProperties: false,
  },
  annotations: {
    title: 'Wait for a call',
    readOnlyHint: true,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: false,
  },
}

/** An operation, and the last of its events that a reader has seen; 0 for none. */
export interface Position {
  opId: OpId
  seq: number
}

/** Names an operation to its client: its id and, after a dot, how far the client has followed it. */
export function handleOf({ opId, seq }: Position): string {
  return seq === 0 ? opId : `${opId}.${seq}`
}

/** Reads what {@link handleOf} wrote; null for anything else. It proves nothing about who has it. */
export function readHandle(handle: unknown): Position | null {
  if (typeof handle !== 'string') return null
  const [id, seq = '0', ...rest] = handle.split('.')
  const opId = OpId.safeParse(id)
  if (!opId.success || rest.length > 0 || !/^\d{1,9}$/.test(seq)) return null
  return { opId: opId.data, seq: Number(seq) }
}

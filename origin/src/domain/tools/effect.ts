import type { ToolAnnotations } from '#contract/catalog.ts'

/**
 * What the worst is that a call may do, by what its author says and a person approved. The hint
 * about destruction means something only for what writes (MCP, ToolAnnotations).
 */
export type Effect = 'read' | 'write' | 'destructive'

export function effectOf(annotations: ToolAnnotations): Effect {
  if (annotations.readOnlyHint) return 'read'
  return annotations.destructiveHint ? 'destructive' : 'write'
}

/** An expected no of ours; the caller sees its kind and its message, and no stack. */
export class Refused extends Error {
  readonly kind: string

  constructor(kind: string, message: string) {
    super(message)
    this.kind = kind
  }
}

/** An expected failure of a tool: the caller sees the message and no stack. */
export class ToolError extends Error {
  override readonly name = 'ToolError'
}

/** No process became what was promised. Whatever there was is dead and has seen nothing. */
export class NotConfined extends Error {
  readonly layer: string

  constructor(layer: string, reason: string) {
    super(reason)
    this.layer = layer
  }
}

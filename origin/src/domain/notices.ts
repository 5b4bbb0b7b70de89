/**
 * What replicas tell each other. `mcpbox_catalog`: the catalog changed. `mcpbox_operation`,
 * `mcpbox_cancel`: news of the operation whose id comes with it. `mcpbox_activity`: something happened.
 * `mcpbox_approval`: the question whose id comes with it was decided or withdrawn. `mcpbox_grants`: what
 * versions or drafts may use has changed. `mcpbox_tunnel_keys`: a rotation of the tunnel's keys began or ended.
 */
export type Channel =
  | 'mcpbox_catalog'
  | 'mcpbox_operation'
  | 'mcpbox_cancel'
  | 'mcpbox_activity'
  | 'mcpbox_approval'
  | 'mcpbox_grants'
  | 'mcpbox_tunnel_keys'

/** Delivery is not durable; `null` stands for "some may have been missed: look for yourself". */
export interface NoticeBoard {
  on(channel: Channel, listener: (about: string | null) => void): Disposable
}

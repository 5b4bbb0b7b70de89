import type { IncomingHttpHeaders } from 'node:http'
import { openLoopback } from '../access-team/loopback-server.ts'
import { passOn } from '../access-team/pass-on.ts'

/** Stands before an upstream and keeps what every request to it said of itself. */
export interface RecordingProxy extends AsyncDisposable {
  url: URL
  seen: { method: string; path: string; headers: IncomingHttpHeaders }[]
}

export async function startRecordingProxy(upstream: URL): Promise<RecordingProxy> {
  const seen: RecordingProxy['seen'] = []
  const server = await openLoopback((incoming, outgoing) => {
    const { method = '', url: path = '', headers } = incoming
    seen.push({ method, path, headers })
    passOn(incoming, outgoing, upstream, headers)
  })
  return { url: server.url, seen, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

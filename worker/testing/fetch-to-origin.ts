import { env } from 'cloudflare:workers'
import { vi } from 'vitest'
import { scriptedOrigin, type ScriptedOrigin } from '#gateway/testing/scripted-origin.ts'
import type { ScriptedTool } from '#gateway/testing/scripted-program.ts'
import { tinyOrigin, type TinyOrigin } from './tiny-origin.ts'

/** Puts an origin in the place of `fetch`, where a test wants to make its weather. */
export function fetchToOrigin(tools: Record<string, ScriptedTool>): {
  scripted: ScriptedOrigin
  origin: TinyOrigin
} {
  const scripted = scriptedOrigin(tools)
  const { SERVICE_TOKEN = '', ASSERTION_KEY = '' } = env
  const origin = tinyOrigin(scripted, { serviceToken: SERVICE_TOKEN, assertionKey: ASSERTION_KEY })
  vi.stubGlobal('fetch', (url: RequestInfo | URL, init?: RequestInit) =>
    origin.handle(new Request(url, init)),
  )
  return { scripted, origin }
}

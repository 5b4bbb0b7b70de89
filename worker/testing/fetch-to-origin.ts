import { vi } from 'vitest'
import { scriptedOrigin, type ScriptedOrigin } from '#gateway/testing/scripted-origin.ts'
import type { ScriptedTool } from '#gateway/testing/scripted-program.ts'
import { TEST_BINDINGS } from './test-bindings.ts'
import { tinyOrigin, type TinyOrigin } from './tiny-origin.ts'

/** Puts an origin in the place of `fetch`, where a test wants to make its weather. */
export function fetchToOrigin(tools: Record<string, ScriptedTool>): {
  scripted: ScriptedOrigin
  origin: TinyOrigin
} {
  const scripted = scriptedOrigin(tools)
  const { SERVICE_TOKEN: serviceToken, ASSERTION_KEY: assertionKey } = TEST_BINDINGS
  const origin = tinyOrigin(scripted, { serviceToken, assertionKey })
  vi.stubGlobal('fetch', (url: RequestInfo | URL, init?: RequestInit) =>
    origin.handle(new Request(url, init)),
  )
  return { scripted, origin }
}

import { z } from 'zod'
import { PACKAGES_MS } from '#contract/limits.ts'
import { type ModuleLock, PackageFacts, PackageNews } from '#contract/packages.ts'
import type { PackageSource } from '../domain/packages/package-source.ts'
import { refuse } from '../domain/refusal.ts'
import { sandboxUnreachable } from '../domain/sandbox.ts'
import { assertOk, connectionTo, jsonLines, reached } from './connection.ts'

const LINE_BYTES = 4_000_000
/** The sandbox gives up looking for facts before this, and on packages before that. */
const FACTS_MS = 12_000
const NEWS_MS = PACKAGES_MS + 60_000

/** Packages by way of the sandbox's HTTP API. */
export function httpPackageSource(options: { url: string; apiKey: string }): PackageSource {
  const send = connectionTo(options)

  async function post(path: string, body: object, signal: AbortSignal): Promise<Response> {
    const response = await send(path, { method: 'POST', body: JSON.stringify(body), signal })
    await assertOk(response)
    return response
  }

  /** Reads a stream of news to its end: the lock, or null where there is none to tell. */
  function follow(
    path: string,
    body: object,
    { news, signal: stop }: Parameters<PackageSource['lock']>[1],
  ): Promise<ModuleLock | null> {
    const toTheEnd = async (signal: AbortSignal) => {
      for await (const line of jsonLines(await post(path, body, signal), LINE_BYTES)) {
        const said = PackageNews.parse(line)
        if (said.type === 'progress') news(said.message)
        else if (said.type === 'locked') return said.lock
        else if (said.type === 'installed') return null
        else if (said.type === 'refused') refuse('package_refused', sentence(said.message))
      }
      return sandboxUnreachable()
    }
    return reached(toTheEnd, { stop, ms: NEWS_MS })
  }

  return {
    async lock(packages, how) {
      const lock = await follow('/module-locks', { packages }, how)
      return lock ?? Promise.reject(new Error('the sandbox locked nothing'))
    },
    async install(lock) {
      const how = { news: () => undefined, signal: new AbortController().signal }
      await follow('/module-sets', { lock }, how)
    },
    facts(packages, stop) {
      const asked = async (signal: AbortSignal) => {
        const response = await post('/package-facts', { packages }, signal)
        return z
          .array(PackageFacts)
          .length(packages.length)
          .parse(await response.json())
      }
      return reached(asked, { stop, ms: FACTS_MS })
    },
  }
}

function sentence(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1)
  return /[.!?]$/.test(text) ? text : `${text}.`
}

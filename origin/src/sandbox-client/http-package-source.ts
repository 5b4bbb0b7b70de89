import { z } from 'zod'
import { PACKAGES_MS } from '#contract/limits.ts'
import { type ModuleLock, PackageFacts, PackageNews } from '#contract/packages.ts'
import type { PackageSource } from '../domain/packages/package-source.ts'
import { refuse } from '../domain/refusal.ts'
import { sandboxUnreachable } from '../domain/sandbox.ts'
import { lines } from './ndjson.ts'

const LINE_BYTES = 4_000_000
/** The sandbox gives up looking for facts before this, and on packages before that. */
const FACTS_MS = 12_000
const NEWS_MS = PACKAGES_MS + 60_000

/** Packages by way of the sandbox's HTTP API. */
export function httpPackageSource(options: { url: string; apiKey: string }): PackageSource {
  const headers = { 'x-api-key': options.apiKey, 'content-type': 'application/json' }

  async function post(path: string, body: object, stop: AbortSignal): Promise<Response> {
    const response = await fetch(new URL(path, options.url), {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
      signal: stop,
    })
    if (!response.ok)
      throw new Error(`the sandbox answered ${response.status}: ${await response.text()}`)
    return response
  }

  /** Reads a stream of news to its end: the lock, or null where there is none to tell. */
  async function follow(
    path: string,
    body: object,
    { news, signal }: Parameters<PackageSource['lock']>[1],
  ): Promise<ModuleLock | null> {
    const late = AbortSignal.timeout(NEWS_MS)
    try {
      const response = await post(path, body, AbortSignal.any([signal, late]))
      if (response.body === null) throw new Error('the sandbox sent no stream')
      for await (const line of lines(response.body, LINE_BYTES)) {
        const said = PackageNews.parse(JSON.parse(line))
        if (said.type === 'progress') news(said.message)
        else if (said.type === 'locked') return said.lock
        else if (said.type === 'installed') return null
        else if (said.type === 'refused') refuse('package_refused', sentence(said.message))
      }
    } catch (fault) {
      signal.throwIfAborted()
      if (late.aborted || fault instanceof TypeError) return sandboxUnreachable()
      throw fault
    }
    return sandboxUnreachable()
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
    async facts(packages, signal) {
      const late = AbortSignal.timeout(FACTS_MS)
      try {
        const stop = AbortSignal.any([signal, late])
        const response = await post('/package-facts', { packages }, stop)
        return z
          .array(PackageFacts)
          .length(packages.length)
          .parse(await response.json())
      } catch (fault) {
        signal.throwIfAborted()
        if (late.aborted || fault instanceof TypeError) return sandboxUnreachable()
        throw fault
      }
    },
  }
}

function sentence(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1)
  return /[.!?]$/.test(text) ? text : `${text}.`
}

import { stripTypeScriptTypes } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'
import type { Stripped } from './strip.ts'

/** Takes the types out of texts, in a thread that ends with them. */
const texts = workerData as readonly string[]
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
parentPort?.postMessage(texts.map(stripOne))

function stripOne(text: string): Stripped {
  try {
    return { code: stripTypeScriptTypes(text) }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const line = /^:(\d+)/.exec(error.stack ?? '')?.[1]
    return { message: error.message, line: line === undefined ? null : Number(line) }
  }
}

import { stripTypeScriptTypes } from 'node:module'
import { parentPort } from 'node:worker_threads'
import type { Stripped } from './strip.ts'

/** Takes the types out of the texts that it is sent once, in a thread that ends with them. */
stripOne('') // loads the parser, which is not to be counted against the texts
parentPort?.once('message', (texts: readonly string[]) => say(texts.map(stripOne)))
say('ready')

function say(what: 'ready' | Stripped[]): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
  parentPort?.postMessage(what)
}

function stripOne(text: string): Stripped {
  try {
    return { code: stripTypeScriptTypes(text) }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const line = /^:(\d+)/.exec(error.stack ?? '')?.[1]
    return { message: error.message, line: line === undefined ? null : Number(line) }
  }
}

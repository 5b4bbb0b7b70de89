import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'

/** Asks a question at the terminal; with `hidden`, what is typed is not shown. */
export async function ask(question: string, hidden = false): Promise<string> {
  process.stderr.write(question)
  const output = hidden
    ? new Writable({ write: (_chunk, _encoding, done) => done() })
    : process.stderr
  const lines = createInterface({ input: process.stdin, output, terminal: process.stdin.isTTY })
  try {
    return await lines.question('')
  } finally {
    lines.close()
    if (hidden) process.stderr.write('\n')
  }
}

import { Console } from 'node:console'
import { closeSync, writeSync } from 'node:fs'
import { Writable } from 'node:stream'

const STDOUT = 1

/** A console that has printed when its call returns: nothing is lost with the process. */
export function printing(): Console {
  const sink = new Writable({
    decodeStrings: true,
    write(chunk: Buffer, _encoding, done) {
      for (let at = 0; at < chunk.length;) at += writeSync(STDOUT, chunk, at)
      done()
    },
  })
  return new Console({ stdout: sink, stderr: sink, colorMode: false })
}

/** Ends what is printed, so that the supervisor, having the answer, has all of it. */
export function endPrinting(): void {
  closeSync(STDOUT)
}

import type { Program } from './program.ts'

/** A Node that confined processes can run, and what of the file system it needs to see. */
export type Engine = {
  executable: string
  /** The dynamic loader that the program names (elf(5), PT_INTERP). */
  loader: string
  /** Its shared libraries, under each name that the loader may use. */
  readable: string[]
  /** How it is started, for every call alike. */
  options: readonly string[]
  /** What it runs: our own modules, which no file system shows it. */
  program: Program
}

/** There is none, with a sentence that says why. */
export type EngineMissing = { unusable: string }

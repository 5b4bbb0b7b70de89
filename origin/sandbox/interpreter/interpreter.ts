import { z } from 'zod'

/** A Python that confined processes can run, and what of the file system it needs to see. */
export const Interpreter = z.object({
  /** The real program, never a shim. */
  executable: z.string(),
  version: z.tuple([z.int(), z.int(), z.int()]),
  /** Folders and files of the standard library and the shared libraries, as they are opened. */
  readable: z.array(z.string()),
  /** Folders inside `readable` with packages of other programs. */
  masked: z.array(z.string()),
})
export type Interpreter = z.infer<typeof Interpreter>

export const OLDEST_VERSION = [3, 11] as const

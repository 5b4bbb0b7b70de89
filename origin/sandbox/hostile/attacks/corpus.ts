import { afterlife } from './afterlife.ts'
import type { Family } from './attack.ts'
import { descriptors } from './descriptors.ts'
import { escapes } from './escapes.ts'
import { links } from './links.ts'
import { serialized } from './serialized.ts'
import { signals } from './signals.ts'
import { syscalls } from './syscalls.ts'
import { values } from './values.ts'

/** Every family. Each attack is run at every level that a machine can form. */
export const CORPUS: Readonly<Record<string, Family>> = {
  'escapes of the interpreter': escapes,
  'system calls': syscalls,
  'what goes off after the answer': afterlife,
  signals,
  descriptors,
  'links and paths': links,
  'answers that lie': values,
  'code as data': serialized,
}

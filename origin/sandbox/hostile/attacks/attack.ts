/**
 * How an attack ends where it is held: a refusal of the kernel reached the tool (`barred`); the
 * kernel or the supervisor ended it; it failed by its own language; or it gave a value, as JSON.
 */
export type Ending =
  | 'barred'
  | 'timed_out'
  | 'forbidden_call'
  | 'crashed'
  | 'out_of_memory'
  | 'output_flood'
  | 'result_too_large'
  | `failed ${string}`
  | `value ${string}`

export type Attack = {
  /** A program whose `main(path, folder, pid)` is told of a file, its folder and a process of the host. */
  code: string
  ends: readonly Ending[]
}

/** Attacks by what they try; the names of a family read as one sentence each. */
export type Family = Readonly<Record<string, Attack>>

/** Attacks that differ in one line only. */
export function alike(
  lines: Readonly<Record<string, string>>,
  program: (line: string) => string,
  ends: readonly Ending[],
): Family {
  return Object.fromEntries(
    Object.entries(lines).map(([name, line]) => [name, { code: program(line), ends }]),
  )
}

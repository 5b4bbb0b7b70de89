import { execFile } from 'node:child_process'
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { loaderOf } from '../engine/loader-of.ts'
import { python } from '../testing/programs.ts'
import { machine } from '../testing/sandbox.ts'

const PROGRAM = '/usr/bin/true'

/** Confines itself by Landlock alone, then tries to start each program that it is told of. */
const START = python`
  import os, sys
  home, loader, scratch, *programs = sys.argv[1:]
  sys.path.insert(0, home)
  from inside import kernel
  from inside.confine import landlock
  PR_SET_NO_NEW_PRIVS = 38
  kernel.prctl(PR_SET_NO_NEW_PRIVS, 1)
  landlock.restrict(['/usr', '/lib', '/lib64', '/etc'], [programs[0], loader], scratch)
  for program in programs:
      try:
          print(os.waitpid(os.posix_spawn(program, [program], {}), 0)[1])
      except OSError as error:
          print(type(error).__name__)
`

it('starts no program from where a tool may write', async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'scratch-'))
  try {
    const copy = join(scratch, 'true')
    await copyFile(PROGRAM, copy)
    const loader = loaderOf(await readFile(PROGRAM)) ?? ''
    const words = [import.meta.dirname, loader, scratch, PROGRAM, copy]
    const { executable } = machine.interpreter
    const started = await promisify(execFile)(executable, ['-I', '-B', '-c', START, ...words])
    expect(started.stdout.trim().split('\n')).toEqual(['0', 'PermissionError'])
  } finally {
    await rm(scratch, { recursive: true })
  }
})

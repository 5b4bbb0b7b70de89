import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { CONFINED_ID } from '../process/plan.ts'
import { machine } from '../testing/sandbox.ts'
import { findInterpreter } from './find.ts'

const identity = machine.asRoot ? CONFINED_ID : null
const REAL = machine.interpreter.executable

/** A folder with programs in it, to be PATH. */
async function folderOf(programs: Record<string, string>, mode = 0o755) {
  const folder = await mkdtemp(join(tmpdir(), 'python-'))
  for (const [name, text] of Object.entries(programs)) {
    await writeFile(join(folder, name), `#!/bin/sh\n${text}\n`)
    await chmod(join(folder, name), 0o755)
  }
  await chmod(folder, mode)
  return {
    folder,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}

const OLD = `echo '{"executable":"/old","version":[3,9,1],"readable":[],"masked":[]}'`

it('a shim leads to the real program', async () => {
  await using path = await folderOf({ 'python3.11': `[ -n "$SHIM_HOME" ] && exec ${REAL} "$@"` })
  const env = { PATH: path.folder, SHIM_HOME: '/somewhere' }
  expect(await findInterpreter({ named: null, env, identity })).toEqual(machine.interpreter)
})

it('what does not start or is too old is passed over', async () => {
  await using path = await folderOf({ 'python3.11': 'exit 1', 'python3.12': OLD })
  const env = { PATH: path.folder }
  const found = await findInterpreter({ named: null, env, identity })
  expect(found.executable).not.toContain(path.folder)
})

it.skipIf(identity === null)('so is what only root can read', async () => {
  await using path = await folderOf({ 'python3.11': `exec ${REAL} "$@"` }, 0o700)
  const named = join(path.folder, 'python3.11')
  await expect(findInterpreter({ named, env: {}, identity })).rejects.toThrow(
    `${named} cannot be read or executed for uid ${CONFINED_ID}, which confined processes get`,
  )
})

it('one that was named is not replaced by another', async () => {
  await using path = await folderOf({ old: `[ "$PWD" = / ] && ${OLD}` })
  const named = join(path.folder, 'old')
  const search = findInterpreter({ named, env: { PATH: '/usr/bin' }, identity })
  await expect(search).rejects.toThrow(`no usable Python: ${named}`)
})

it('shows the standard library and shared libraries, and no folder of users', () => {
  const { readable } = machine.interpreter
  expect(readable).toContain('/etc/ld.so.cache')
  for (const path of ['/', '/usr', '/etc', '/home', '/root', '/usr/local', '/proc']) {
    expect(readable).not.toContain(path)
  }
})

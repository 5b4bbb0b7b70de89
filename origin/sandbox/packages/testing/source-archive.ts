import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Wheel } from './wheel.ts'

/** Source text (PEP 517) whose own build backend runs a program in Python as soon as it is built. */
export async function sourceArchive(name: string, program: string): Promise<Wheel> {
  const folder = await mkdtemp(join(tmpdir(), 'mcpbox-source-'))
  try {
    const root = `${name}-1.0`
    const metadata = `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n`
    await mkdir(join(folder, root))
    await writeFile(join(folder, root, 'PKG-INFO'), metadata)
    await writeFile(join(folder, root, 'backend.py'), program)
    await writeFile(
      join(folder, root, 'pyproject.toml'),
      '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
    )
    const archive = join(folder, 'made.tar.gz')
    execFileSync('tar', ['-czf', archive, '-C', folder, root])
    return { filename: `${root}.tar.gz`, bytes: await readFile(archive), metadata }
  } finally {
    await rm(folder, { recursive: true })
  }
}

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type FormableLevel, REQUIRED_LAYERS } from '../../origin/sandbox/levels/layers.ts'

const INSIDE = fileURLToPath(new URL('../../origin/sandbox/python', import.meta.url))

/**
 * Writes a launcher of the same fork server that takes no step of confinement and says that it
 * took them all: what the same design costs without its purpose. For measurements only.
 */
export async function unconfinedLauncher(folder: string, level: FormableLevel): Promise<string> {
  const path = join(folder, 'unconfined.py')
  const layers = JSON.stringify([...REQUIRED_LAYERS[level], 'call_uid'])
  await writeFile(
    path,
    `import dataclasses, os, sys
sys.path.insert(0, ${JSON.stringify(INSIDE)})
import launch
from inside import birth, nursery
from inside.plan import Plan
parse = Plan.parse
Plan.parse = staticmethod(lambda message: dataclasses.replace(parse(message), namespaces=False, seal=None))
launch.isolate = lambda plan: (${layers}, None)
launch.enclose = lambda plan, before: ([], os.open(plan.meeting_folder, os.O_PATH | os.O_DIRECTORY))
birth.harden = lambda plan, limits: []
launch.main()
`,
  )
  return path
}

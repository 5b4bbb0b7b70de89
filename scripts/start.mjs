import { ensureInstalled, projectNode, root } from './bootstrap.mjs'
import { spawn } from 'node:child_process'

/** `npm start`: installs what is missing, then runs MCPbox; `-- --edge` runs the Worker beside it. */
const edge = process.argv.includes('--edge')
ensureInstalled({ dev: edge })
const entry = edge ? 'scripts/edge.ts' : 'origin/src/main.ts'
const child = spawn(projectNode(), [entry], { cwd: root, stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (code) => {
  process.exitCode = code ?? 1
})

import type { Engine } from './engine.ts'

/**
 * Without a compiler V8 writes no executable memory, has no WebAssembly, and its surface is that of
 * an interpreter. The permission model is policy here (no files, no processes, no threads of
 * JavaScript, no addons); the boundary is the kernel's.
 */
export const OPTIONS: readonly string[] = [
  '--jitless',
  '--permission',
  '--no-addons',
  // Else it looks for one where it may not look, and gives up.
  '--openssl-config=/dev/null',
  '--disable-sigusr1',
  '--no-experimental-websocket',
  '--experimental-vm-modules',
  '--no-warnings',
  '--single-threaded-gc',
]

/** Loads our own modules, which come as text: the file system shows none. */
const LOADER = `
const vm = require('node:vm')
const [program, layers] = process.argv.slice(1)
const given = require
async function load(texts, entry) {
  const made = new Map()
  function link(name) {
    const known = made.get(name)
    if (known !== undefined) return known
    const text = texts[name]
    const module =
      text === undefined ? builtin(name) : new vm.SourceTextModule(text, { identifier: 'mcpbox:' + name })
    made.set(name, module)
    return module
  }
  const module = link(entry)
  await module.link(link)
  await module.evaluate()
  return module.namespace
}
function builtin(name) {
  const found = given(name)
  const names = Object.keys(found).filter((key) => key !== 'default')
  return new vm.SyntheticModule([...names, 'default'], function () {
    for (const key of names) this.setExport(key, found[key])
    this.setExport('default', found)
  })
}
load(JSON.parse(program), './main.ts')
  .then((main) => main.live(JSON.parse(layers), load))
  .catch(() => process.exit(70))
`

/** What follows the options of an order; the layers come last (python/inside/engine.py). */
export function engineArguments({ options, program }: Engine): string[] {
  return [...options, '-e', LOADER, '--', JSON.stringify(program)]
}

/** Old space gets half of what the process may write to: the rest is buffers, stacks, young space. */
export function engineOptions(memoryBytes: number): string[] {
  return [`--max-old-space-size=${Math.floor(memoryBytes / 2 ** 21)}`]
}

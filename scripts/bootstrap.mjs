/**
 * Plain JavaScript that any Node from 20 up can run: sees to it that the project's packages, and
 * with them its own Node, are there. Everything else of MCPbox runs on that Node.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const OLDEST_NODE = 20

export const root = fileURLToPath(new URL('..', import.meta.url))

/** Installs what the lock file names and is not there; says so first, because it takes a while. */
export function ensureInstalled({ dev }) {
  const major = Number(process.versions.node.split('.')[0])
  if (major < OLDEST_NODE)
    give(`MCPbox needs Node ${OLDEST_NODE} or newer; this is ${process.version}.`)
  if (isInstalled(dev)) return
  console.error('Installing packages (once; a minute or less) …')
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const omit = dev ? [] : ['--omit=dev']
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const { status } = spawnSync(npm, ['ci', ...flags, ...omit], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (status !== 0) give('The packages could not be installed; npm’s words are above.')
}

/** Path of the project's own Node, or of this one where no package brings it and it is new enough. */
export function projectNode() {
  const own = `${root}node_modules/node-${packaged(process.platform)}-${process.arch}/bin/node${process.platform === 'win32' ? '.exe' : ''}`
  if (existsSync(own)) return own
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  return give(
    `There is no packaged Node 24 for ${process.platform}-${process.arch}; start MCPbox with Node 24.`,
  )
}

/** Runs a program on the project's Node, in the project's folder, and ends as it ended. */
export function run(args, env = {}) {
  const bin = `${root}node_modules/.bin`
  const separator = process.platform === 'win32' ? ';' : ':'
  const { status, signal } = spawnSync(projectNode(), args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${bin}${separator}${process.env.PATH}`, ...env },
  })
  return signal === null ? (status ?? 1) : 1
}

/** Every package of the lock file that belongs here stands in node_modules in its version. */
function isInstalled(dev) {
  try {
    const wanted = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8')).packages
    const there = JSON.parse(
      readFileSync(`${root}node_modules/.package-lock.json`, 'utf8'),
    ).packages
    return Object.entries(wanted).every(
      ([path, { version, optional, dev: onlyDev, devOptional }]) =>
        path === '' ||
        optional === true ||
        (!dev && (onlyDev === true || devOptional === true)) ||
        there[path]?.version === version,
    )
  } catch (fault) {
    if (fault.code === 'ENOENT') return false
    throw fault
  }
}

function packaged(platform) {
  return platform === 'win32' ? 'win' : platform
}

function give(sentence) {
  console.error(sentence)
  process.exit(1)
}

import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { PIP_VARIABLES } from '#contract/packages.ts'
import { Isolation } from '#contract/sandbox.ts'

const ENTRY = fileURLToPath(new URL('../../sandbox/main.ts', import.meta.url))
const Listening = z.object({
  event: z.literal('listening'),
  port: z.int(),
  isolation: Isolation,
})
/** Settings of the sandbox, and of pip, that pass through from the owner's environment. */
const PASSED =
  /^(PATH|HOME|MCPBOX_(PYTHON|SANDBOX_MIN|DATA|MODULE_SETS)|SANDBOX_(MAX_RUNS|CGROUP)|OSV_URL)$/
const RESTART_MAX_MS = 10_000

/** A sandbox process of our own, started again whenever it ends. */
export interface SandboxChild extends AsyncDisposable {
  url: string
  isolation: Isolation
}

/**
 * Starts the sandbox and waits until it listens. It ends with this process, however that ends: it
 * watches its standard input.
 * @throws with its own words when it refuses to start.
 */
export async function startSandbox(options: {
  port: number
  apiKey: string
  env: NodeJS.ProcessEnv
  onFault: (fault: unknown) => void
}): Promise<SandboxChild> {
  const ending = new AbortController()
  let current: ChildProcess

  async function start(port: number): Promise<z.infer<typeof Listening>> {
    const child = spawn(process.execPath, [ENTRY], {
      env: {
        ...passedOn(options.env),
        SANDBOX_API_KEY: options.apiKey,
        SANDBOX_HOST: '127.0.0.1',
        SANDBOX_PORT: String(port),
        SANDBOX_EXIT_WITH_PARENT: '1',
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    current = child
    const errors: string[] = []
    createInterface({ input: child.stderr }).on('line', (line) => {
      errors.push(line)
      if (errors.length > 20) errors.shift()
    })
    const listening = await new Promise<z.infer<typeof Listening>>((resolve, reject) => {
      child.once('error', reject)
      // `close` comes after `exit`, when all that it said has been read.
      child.once('close', () =>
        reject(new Error(`The sandbox did not start.\n${errors.join('\n')}`)),
      )
      createInterface({ input: child.stdout }).on('line', (line) => {
        const said = Listening.safeParse(parsed(line))
        if (said.success) resolve(said.data)
      })
    })
    child.once('exit', (code, signal) => {
      if (ending.signal.aborted) return
      options.onFault(new Error(`the sandbox ended (${signal ?? code}): ${errors.join('\n')}`))
      void restart(listening.port)
    })
    return listening
  }

  async function restart(port: number): Promise<void> {
    for (let pause = 100; !ending.signal.aborted; pause = Math.min(pause * 2, RESTART_MAX_MS)) {
      try {
        await start(port)
        return
      } catch (fault) {
        options.onFault(fault)
        await new Promise((resolve) => setTimeout(resolve, pause))
      }
    }
  }

  const { port, isolation } = await start(options.port)
  return {
    url: `http://127.0.0.1:${port}`,
    isolation,
    async [Symbol.asyncDispose]() {
      ending.abort()
      if (current.exitCode !== null || current.signalCode !== null) return
      const exited = new Promise((resolve) => current.once('exit', resolve))
      current.stdin?.end()
      await exited
    },
  }
}

function passedOn(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isPassed = (name: string) => PASSED.test(name) || PIP_VARIABLES.test(name)
  return Object.fromEntries(Object.entries(env).filter(([name]) => isPassed(name)))
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { attack } from '../testing/attack.ts'
import { python } from '../testing/programs.ts'
import { formableLevels, sandboxAt } from '../testing/sandbox.ts'

/** Looks for a marker, given in two halves, in everything that a process can see of itself. */
const SEARCH = python`
  import gc, os, sys
  def main(first, second):
      marker = first + second
      found = []
      for thing in gc.get_objects():
          if isinstance(thing, dict) and any(value == marker for value in list(thing.values())):
              if thing is not locals() and thing.get('marker') != marker:
                  found.append('an object')
      found += [key for key, value in os.environ.items() if marker in value]
      found += [argument for argument in sys.argv if marker in argument]
      try:
          return found + os.listdir('/tmp')
      except PermissionError:
          return found
`

describe.each(formableLevels)('secrets at %s', { concurrent: true }, (level) => {
  const sandbox = sandboxAt(level)

  it('of one call are nowhere in another, even while both run', async () => {
    const secret = randomUUID()
    const [first, second] = [secret.slice(0, 8), secret.slice(8)]
    const stop = new AbortController()
    const started = Promise.withResolvers<void>()
    const holder = sandbox.run('import time\ndef main():\n  ctx.log("here")\n  time.sleep(60)', {
      secrets: { KEY: secret },
      signal: stop.signal,
      onEvent: () => started.resolve(),
    })
    await started.promise
    const outcome = await attack(sandbox, SEARCH, { input: { first, second } })
    expect(outcome).toMatchObject({ kind: 'ok', value: [] })
    stop.abort()
    expect((await holder).outcome).toMatchObject({ kind: 'killed', reason: 'cancelled' })
  })

  it('of the supervisor are nowhere at all', async () => {
    const key = randomUUID()
    process.env['SANDBOX_API_KEY'] = key
    const outcome = await attack(sandbox, SEARCH, {
      input: { first: key.slice(0, 8), second: key.slice(8) },
    })
    delete process.env['SANDBOX_API_KEY']
    expect(outcome).toMatchObject({ kind: 'ok', value: [] })
  })

  it('are not shown by printing the mapping, nor by an error about it', async () => {
    const secrets = { KEY: 'hunter2' }
    const code = 'def main():\n  print(secrets, repr(ctx))\n  secrets["OTHER"]'
    expect(JSON.stringify(await attack(sandbox, code, { secrets }))).not.toContain('hunter2')
  })
})

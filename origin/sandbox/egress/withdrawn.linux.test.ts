import { describe, expect, it } from 'vitest'
import { python } from '../testing/programs.ts'
import { formableLevels, sandboxAt } from '../testing/sandbox.ts'
import { runTool } from './testing/confined.ts'
import { world } from './testing/world.ts'
import { withdrawnLines } from './withdrawn.ts'

const TWICE = python`
  async def main():
      first = (await http.get('http://api.example/')).text
      try:
          await http.get('http://api.example/')
      except Exception as refused:
          return [first, str(refused)]
      return [first, 'it was let through']
`

describe.each(formableLevels)('a tool that runs at %s', { concurrent: true }, (level) => {
  it('loses a host between two of its requests', async () => {
    const withdrawn = withdrawnLines()
    await using net = await world({
      'api.example': (_request, response) => {
        withdrawn.add([{ kind: 'host', value: 'api.example', in_ms: 0 }])
        response.end('hello')
      },
    })
    const { forkServer } = sandboxAt(level)
    const call = { hosts: ['api.example'], withdrawn }
    expect(await runTool(forkServer, net.network, TWICE, call)).toMatchObject({
      kind: 'ok',
      value: ['hello', expect.stringContaining('was taken back, or ended, while this call ran')],
      egress: [
        { status: 200, refused: null },
        { status: null, refused: 'withdrawn' },
      ],
    })
  })
})

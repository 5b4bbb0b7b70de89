import { afterAll, expect, it } from 'vitest'
import { RecordedAnswer } from '#contract/recorded-answers.ts'
import { strongest } from '../testing/sandbox.ts'
import { runTool } from './testing/confined.ts'
import { echo } from './testing/sites.ts'
import { world } from './testing/world.ts'

const net = await world({ 'api.example': echo })
afterAll(() => net[Symbol.asyncDispose]())
const url = 'http://api.example/now'
const answeredBy = [RecordedAnswer.parse({ url, body: 'recorded' })]

const run = (code: string, modules: string[] = []) =>
  runTool(strongest.forkServer, net.network, code, { answeredBy, modules })
const nothingLeft = () => expect([net.asked, net.dialled]).toEqual([[], []])

it('a run that is answered by records asks no name and dials no address', async () => {
  const code = `async def main():
    import urllib.request
    one = await http.get('${url}')
    two = urllib.request.urlopen('${url}').read().decode()
    return [one.text, two]`
  expect(await run(code)).toMatchObject({ kind: 'ok', value: ['recorded', 'recorded'] })
  nothingLeft()
})

it('nor does one that asks for what is not recorded, or goes on when it is refused', async () => {
  const code = `async def main():
    said = []
    for url in ('http://api.example/other', 'http://other.example/', 'https://api.example/now'):
        try:
            said.append((await http.get(url)).status_code)
        except http.RequestRefused as refused:
            said.append(refused.reason)
    return said`
  expect(await run(code)).toMatchObject({
    kind: 'ok',
    value: ['not_recorded', 'host_not_approved', 'not_recorded'],
    egress: [
      { refused: 'not_recorded' },
      { refused: 'host_not_approved' },
      { refused: 'not_recorded' },
    ],
  })
  nothingLeft()
})

it('nor one that has every module and tries by itself', async () => {
  const code = `def main():
    import socket
    said = []
    for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):
        try:
            socket.socket(family)
            said.append('open')
        except OSError:
            said.append('refused')
    return said`
  expect(await run(code, ['socket', 'os'])).toMatchObject({
    kind: 'ok',
    value: ['refused', 'refused', 'refused'],
  })
  nothingLeft()
})

it('the same run over the network does reach the host, so the above can fail', async () => {
  const code = `def main(): return http.get('${url}').status_code`
  const live = await runTool(strongest.forkServer, net.network, code)
  expect(live).toMatchObject({ kind: 'ok', value: 200 })
  expect(net.asked).toEqual(['api.example'])
})

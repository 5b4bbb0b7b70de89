import { describe, expect, it } from 'vitest'
import { python } from '../testing/programs.ts'
import { formableLevels, sandboxAt } from '../testing/sandbox.ts'
import type { Network } from './network.ts'
import { type ConfinedCall, runTool } from './testing/confined.ts'
import { echo, redirecting } from './testing/sites.ts'
import { world } from './testing/world.ts'

/** What a tool needs to speak like the runner. */
const FRAMES = python`
  import base64, json, os, struct, time
  def say(**message):
      body = json.dumps(message).encode()
      os.write(3, struct.pack('>I', len(body)) + body)
  def request(id, url='http://api.example/', **changes):
      say(**{'type': 'http.request', 'id': id, 'method': 'GET', 'url': url, 'headers': [],
             'body': False, 'follow': True, **changes})
`

describe.each(formableLevels)('the network of a tool at %s', { concurrent: true }, (level) => {
  const { forkServer } = sandboxAt(level)

  const run = (network: Network, code: string, call: ConfinedCall = {}) =>
    runTool(forkServer, network, code, call)

  it('is `http`, awaited in async code', async () => {
    await using net = await world({ 'api.example': echo })
    const code = python`
      async def main():
          response = await http.post('http://api.example/a', params={'q': 'x y'}, json={'n': 1})
          response.raise_for_status()
          told = response.json()
          return [response.status_code, told['method'], told['url'], told['body'],
                  response.headers['Content-Type'], response.url]
    `
    expect(await run(net.network, code)).toMatchObject({
      kind: 'ok',
      value: [
        200,
        'POST',
        '/a?q=x+y',
        '{"n": 1}',
        'application/json',
        'http://api.example/a?q=x+y',
      ],
      egress: [{ host: 'api.example', port: 80, method: 'POST', path: '/a', status: 200 }],
    })
  })

  it('is the same `http` in plain code, also imported', async () => {
    await using net = await world({ 'api.example': echo })
    const code = python`
      import http
      from http import HTTPStatus
      def main():
          form = http.post('http://api.example/', data={'a': ['1', '2']}).json()
          raw = http.request('delete', 'http://api.example/', content=b'x', headers={'X-A': 1}).json()
          return [form['body'], raw['method'], raw['body'], ['x-a', '1'] in
                  [[name.lower(), value] for name, value in raw['headers']], HTTPStatus.OK.value]
    `
    expect(await run(net.network, code)).toMatchObject({
      kind: 'ok',
      value: ['a=1&a=2', 'DELETE', 'x', true, 200],
    })
  })

  it('carries many requests at once, from tasks and from threads', async () => {
    await using net = await world({ 'api.example': echo })
    const code = python`
      import asyncio, threading
      async def main():
          urls = [f'http://api.example/{n}' for n in range(20)]
          tasks = [r.json()['url'] for r in await asyncio.gather(*(http.get(url) for url in urls))]
          seen = {}
          def fetch(n): seen[n] = http.get(urls[n]).json()['url']
          threads = [threading.Thread(target=fetch, args=(n,)) for n in range(3)]
          for thread in threads: thread.start()
          beside = await http.get(urls[19])
          for thread in threads: thread.join()
          return [tasks == [f'/{n}' for n in range(20)], seen[2], beside.json()['url']]
    `
    expect(await run(net.network, code)).toMatchObject({ kind: 'ok', value: [true, '/2', '/19'] })
  })

  it('carries megabytes, both ways', async () => {
    await using net = await world({ 'api.example': echo })
    const code = python`
      def main():
          big = 'x' * 5_000_000
          return [http.post('http://api.example/', content=big).json()['body'] == big for _ in range(15)]
    `
    expect(await run(net.network, code)).toMatchObject({
      kind: 'ok',
      value: Array.from({ length: 15 }, () => true),
    })
  })

  it('is urllib, which asks the broker and makes no socket', async () => {
    await using net = await world({
      'api.example': (request, response) => {
        if (request.url === '/missing') response.statusCode = 404
        redirecting(request, response)
      },
    })
    const code = python`
      import json, urllib.error, urllib.request
      from urllib.request import Request, urlopen
      def main():
          with urlopen(Request('http://api.example/a', b'data', {'X-A': 'b'}), timeout=5) as answer:
              told = json.load(answer)
              seen = [answer.status, answer.headers['content-type'], told['method'], told['body']]
          moved = urlopen('http://api.example/302?to=/end')
          try:
              urlopen('http://api.example/missing')
          except urllib.error.HTTPError as error:
              seen += [error.code, error.reason]
          try:
              urllib.request.build_opener().open('https://other.example/')
          except urllib.error.URLError as error:
              seen.append(error.reason)
          return seen + [moved.geturl()]
    `
    expect(await run(net.network, code)).toMatchObject({
      kind: 'ok',
      value: [
        200,
        'application/json',
        'POST',
        'data',
        404,
        'Not Found',
        expect.stringContaining(
          '`other.example` is not approved for this tool; approved: `api.example`',
        ) as string,
        'http://api.example/end',
      ],
    })
  })

  it('has no socket and no name server still', async () => {
    await using net = await world({ 'api.example': echo })
    const code = python`
      import socket
      def main():
          seen = []
          for attempt in (lambda: socket.socket(), lambda: socket.getaddrinfo('api.example', 80)):
              try: seen.append(str(attempt()))
              except OSError as error: seen.append('no')
          return seen
    `
    expect(await run(net.network, code)).toMatchObject({ kind: 'ok', value: ['no', 'no'] })
    expect([net.asked, net.dialled]).toEqual([[], []])
  })

  it('has a sentence and a type for every end', async () => {
    await using net = await world({ 'api.example': (_, response) => response.writeHead(418).end() })
    const code = python`
      async def main():
          seen = []
          for url in ('http://other.example/', 'http://api.example:81/', 'ftp://api.example/',
                      'http://api.example/' + 'x' * 2_000_000):
              try: await http.get(url, timeout=float('inf'))
              except http.RequestRefused as error: seen.append(error.reason)
          try: (await http.get('http://api.example/')).raise_for_status()
          except http.StatusError as error: seen.append(error.response.status_code)
          try: http.get('http://api.example/').json()
          except AttributeError as error: seen.append('await' in str(error))
          return seen
    `
    expect(await run(net.network, code)).toMatchObject({
      kind: 'ok',
      value: ['host_not_approved', 'port_not_approved', 'bad_scheme', 'head_too_large', 418, true],
    })
  })

  it('without an approved host says that none is', async () => {
    await using net = await world({})
    const code = 'def main(): http.get("http://api.example/")'
    expect(await run(net.network, code, { hosts: [] })).toMatchObject({
      kind: 'failed',
      failure: {
        type: 'RequestRefused',
        traceback: expect.stringContaining(
          'http.RequestRefused: `api.example` is out of reach',
        ) as string,
        message: expect.stringContaining('no host is approved for this tool') as string,
      },
      egress: [{ host: 'api.example', refused: 'no_host_approved' }],
    })
  })

  it('fills secrets in that the tool never sees', async () => {
    await using net = await world({ 'api.example': echo })
    const code = python`
      def main():
          told = http.get('http://api.example/', headers={'X-Key': '{{secret:KEY}}'}).json()
          return dict((name.lower(), value) for name, value in told['headers'])['x-key']
    `
    const secrets = [{ name: 'KEY', value: 'hunter2', host: 'api.example:80' }]
    const outcome = await run(net.network, code, { secrets })
    expect(outcome).toMatchObject({ kind: 'ok', value: '[secret KEY]' })
    expect(JSON.stringify(outcome)).not.toContain('hunter2')
  })

  it('gives the code a placeholder under the name of a bound secret, wherever it looks', async () => {
    const heard: (string | undefined)[] = []
    await using net = await world({
      'api.example': (request, response) => {
        heard.push(request.headers.authorization)
        response.end(`you sent ${request.headers.authorization}`)
      },
    })
    const code = python`
      def main():
          sent = {'Authorization': f'Bearer {secrets["KEY"]}'}
          echo = http.get('http://api.example/', headers=sent).text
          return [secrets['KEY'], 'KEY' in secrets, len(secrets), dict(secrets), echo]
    `
    const secrets = [
      { name: 'KEY', value: 'hunter2', host: 'api.example:80', header: 'authorization' },
      { name: 'KEY', value: 'hunter2', host: 'other.example' },
    ]
    const outcome = await run(net.network, code, { secrets })
    expect(heard).toEqual(['Bearer hunter2'])
    const held = '{{secret:KEY}}'
    const value = [held, true, 1, { KEY: held }, 'you sent Bearer [secret KEY]']
    expect(outcome).toMatchObject({ kind: 'ok', value })
  })

  it('lets go of a request that is no longer awaited', async () => {
    const closed = Promise.withResolvers<void>()
    await using net = await world({
      'api.example': (request) => request.socket.once('close', () => closed.resolve()),
    })
    const code = python`
      import asyncio
      async def main():
          try:
              await asyncio.wait_for(http.get('http://api.example/'), 0.05)
          except TimeoutError:
              pass
          try: await http.get('http://api.example/', timeout=0.05)
          except http.RequestTimeout as error: return str(error)
    `
    expect(await run(net.network, code)).toMatchObject({
      kind: 'ok',
      value: 'the request took longer than it may',
    })
    await closed.promise
  })

  it('ends with the call', async () => {
    const closed = Promise.withResolvers<void>()
    await using net = await world({
      'api.example': (request) => request.socket.once('close', () => closed.resolve()),
    })
    const code = 'def main(): http.get("http://api.example/")'
    expect(await run(net.network, code, { timeoutMs: 300 })).toMatchObject({
      kind: 'timed_out',
      egress: [{ host: 'api.example', refused: 'cancelled' }],
    })
    await closed.promise
  })

  it.each([
    ['an id that was used', 'request(1)\nrequest(1)'],
    ['an id of nobody', "say(type='http.body', id=9, data='', last=True)"],
    ['a message with a wrong part', "request('one')"],
    ['a reply', "say(type='http.end', id=1)"],
    ['requests without end', 'for n in range(1, 3000): request(n, "nonsense")'],
  ])('%s ends the call', async (_, statements) => {
    await using net = await world({ 'api.example': echo })
    const body = `${statements}\ntime.sleep(60)`.replace(/^/gm, '    ')
    expect(await run(net.network, `${FRAMES}\ndef main():\n${body}`)).toMatchObject({
      kind: 'killed',
      reason: 'crashed',
    })
  })

  it('stands a child that asks for much and reads nothing', async () => {
    await using net = await world({
      'api.example': (_, response) => response.end(Buffer.alloc(9_000_000)),
    })
    const code = `${FRAMES}\ndef main():\n    for n in range(1, 100): request(n)\n    time.sleep(60)`
    const before = process.memoryUsage().rss
    const outcome = await run(net.network, code, { timeoutMs: 1_000 })
    expect(outcome).toMatchObject({ kind: 'timed_out' })
    expect(process.memoryUsage().rss - before).toBeLessThan(400_000_000)
    expect(net.dialled.length).toBe(8)
  })
})

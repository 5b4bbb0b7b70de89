import { expect, it } from 'vitest'
import { python } from '../testing/programs.ts'
import { strongest } from '../testing/sandbox.ts'
import { runTool } from './testing/confined.ts'
import { echo } from './testing/sites.ts'
import { world } from './testing/world.ts'

/**
 * The parts of requests, urllib3 and httpx that the shims touch, importable without a file. Their
 * transports fail, so that an answer can only have come from the broker.
 */
const LIBRARIES = python`
  import sys
  from importlib.machinery import ModuleSpec
  SOURCES = {
      'requests': '',
      'requests.exceptions': (
          'class ConnectionError(Exception):\n'
          '    def __init__(self, text, request): super().__init__(text)\n'
          'class ReadTimeout(ConnectionError): pass\n'
      ),
      'requests.adapters': (
          'class HTTPAdapter:\n'
          '    def send(self, request): raise OSError("a socket")\n'
          '    def build_response(self, request, raw): return raw\n'
      ),
      'urllib3': '',
      'urllib3.response': (
          'class HTTPResponse:\n'
          '    def __init__(self, **parts): self.__dict__.update(parts)\n'
      ),
      'httpx': (
          'class Response:\n'
          '    def __init__(self, status, **parts): self.__dict__.update(parts, status=status)\n'
          'class ReadTimeout(Exception):\n'
          '    def __init__(self, text, request): super().__init__(text)\n'
          'class ConnectError(ReadTimeout): pass\n'
      ),
      'httpx._transports': '',
      'httpx._transports.default': (
          'class HTTPTransport:\n'
          '    def __init__(self): raise OSError("no certificates")\n'
          'class AsyncHTTPTransport(HTTPTransport): pass\n'
      ),
  }
  class Library:
      def find_spec(self, name, path=None, target=None):
          package = name.count('.') == 0 or name == 'httpx._transports'
          return ModuleSpec(name, self, is_package=package) if name in SOURCES else None
      def create_module(self, spec): return None
      def exec_module(self, module): exec(SOURCES[module.__name__], module.__dict__)
  sys.meta_path.append(Library())
  class Request:
      method, url, body = 'POST', 'http://api.example/', b'text'
      headers = {'X-A': 'b'}
      extensions = {'timeout': {'read': 5, 'connect': None}}
      def __init__(self, **changes): self.__dict__.update(changes)
      def read(self): return self.body
      async def aread(self): return self.body
`

const modules = ['sys', 'importlib', 'requests', 'urllib3', 'httpx']

it('requests sends through the broker, from the moment of its import', async () => {
  await using net = await world({ 'api.example': echo })
  const code = python`
    def main():
        from requests.adapters import HTTPAdapter
        from requests.exceptions import ConnectionError
        answer = HTTPAdapter().send(Request(), timeout=(1, 5))
        try: HTTPAdapter().send(Request(url='http://other.example/'))
        except ConnectionError as error: refused = str(error)
        return [answer.status, answer.reason, '"body":"text"' in answer.body.read().decode(), refused]
  `
  const all = `${LIBRARIES}\n${code}`
  expect(await runTool(strongest.forkServer, net.network, all, { modules })).toMatchObject({
    kind: 'ok',
    value: [200, 'OK', true, expect.stringContaining('`other.example` is not approved') as string],
  })
})

it('httpx sends through the broker, blocking and not, without a pool or certificates', async () => {
  await using net = await world({ 'api.example': echo })
  const code = python`
    async def main():
        import httpx
        from httpx._transports.default import AsyncHTTPTransport, HTTPTransport
        class Headers: raw = [(b'X-A', b'b')]
        request = Request(headers=Headers)
        with HTTPTransport() as transport:
            blocking = transport.handle_request(request)
        async with AsyncHTTPTransport() as transport:
            awaited = await transport.handle_async_request(request)
            try: await transport.handle_async_request(Request(headers=Headers, url='ftp://api.example/'))
            except httpx.ConnectError as error: refused = str(error)
        return [blocking.status, awaited.content == blocking.content, refused]
  `
  const all = `${LIBRARIES}\n${code}`
  expect(await runTool(strongest.forkServer, net.network, all, { modules })).toMatchObject({
    kind: 'ok',
    value: [200, true, expect.stringContaining('only http and https') as string],
  })
})

import { describe, expect, it } from 'vitest'
import type { CodeUses } from '#contract/code-uses.ts'
import type { Language } from '#contract/sandbox.ts'
import { strongest } from '../testing/sandbox.ts'
import { analyzeConfined } from './analyze.ts'

const analyze = analyzeConfined(strongest.forkServer)

async function usesOf(language: Language, code: string): Promise<CodeUses> {
  const analysis = await analyze({ language, code }, new AbortController().signal)
  if (!analysis.valid) throw new Error(analysis.message)
  return analysis.uses
}

const python = (body: string, above = '') =>
  usesOf('python', `${above}\nasync def main(city: str, sub: str):\n  ${body}`)
const typescript = (body: string, above = '') =>
  usesOf(
    'typescript',
    `${above}\nexport default async function main({ city, sub }: { city: string; sub: string }) { ${body} }`,
  )
const told = ({ unseen }: CodeUses) => unseen.map(({ kind, hint }) => [kind, hint])

describe('a host is seen in Python', { concurrent: true }, () => {
  it.each([
    ['a literal', "await http.get('https://API.example/x?q=1')", ''],
    ['an f-string', "await http.get(f'https://api.example/{city}')", ''],
    ['a constant', "await http.get(BASE + '/x')", "BASE = 'https://api.example'"],
    ['a constant in an f-string', "await http.get(f'{BASE}/x')", "BASE = 'https://api.example'"],
    ['a constant of a function', "host = 'api.example'\n  await http.get(f'https://{host}/x')", ''],
    ['%', "await http.get('https://%s/%s' % ('api.example', city))", ''],
    ['format', "await http.get('https://{}/{q}'.format('api.example', q=city))", ''],
    ['join', "await http.get('/'.join(['https://api.example', city]))", ''],
    [
      'urljoin',
      "await http.get(urljoin('https://api.example', 'x'))",
      'from urllib.parse import urljoin',
    ],
    ['a table', 'await http.get(URLS[city])', "URLS = {'a': 'https://api.example/a'}"],
    ['a loop', "for url in ['https://api.example/']:\n    await http.get(url)", ''],
    [
      'a function that is given it',
      "await ask('https://api.example/')",
      'async def ask(url): return await http.get(url)',
    ],
    [
      'a function that gives it',
      'await http.get(url(city))',
      "def url(x): return f'https://api.example/{x}'",
    ],
    [
      'a class',
      'await Api().get()',
      "class Api:\n  root = 'https://api.example/'\n  async def get(self): return await http.get(self.root)",
    ],
    ['another name for http.get', "get = http.get\n  await get('https://api.example')", ''],
    ['http.sync', "http.sync.post('https://api.example')", ''],
    [
      'urllib',
      "urlopen(Request('https://api.example/'))",
      'from urllib.request import Request, urlopen',
    ],
    ['requests', "requests.get(url='https://api.example/')", 'import requests'],
    [
      'a session',
      "s = requests.Session()\n  s.request('GET', 'https://api.example/')",
      'import requests',
    ],
    [
      'httpx with a base',
      "async with h.AsyncClient(base_url='https://api.example/v1') as c:\n    await c.get('/x')",
      'import httpx as h',
    ],
  ])('%s', async (_what, body, above) => {
    const uses = await python(body, above)
    expect(uses.hosts).toEqual(['api.example'])
    expect(told(uses)).toEqual([])
  })
})

describe('a host is seen in TypeScript', { concurrent: true }, () => {
  it.each([
    ['a literal', "await fetch('https://API.example/x?q=1')", ''],
    ['a template', 'await fetch(`https://api.example/${city}`)', ''],
    ['a constant', "await fetch(BASE + '/x')", "const BASE = 'https://api.example'"],
    ['a URL', "await fetch(new URL('/x', 'https://api.example'))", ''],
    ['a request', "await fetch(new Request('https://api.example/'))", ''],
    ['a table', 'await fetch(URLS[city])', "const URLS = { a: 'https://api.example/a' } as const"],
    ['a loop', "for (const url of ['https://api.example/']) await fetch(url)", ''],
    [
      'a function that is given it',
      "await ask('https://api.example/')",
      'const ask = (url: string) => fetch(url)',
    ],
    ['another name for fetch', "const get = fetch; await get('https://api.example')", ''],
    ['globalThis', "await globalThis.fetch('https://api.example')", ''],
  ])('%s', async (_what, body, above) => {
    const uses = await typescript(body, above)
    expect(uses.hosts).toEqual(['api.example'])
    expect(told(uses)).toEqual([])
  })
})

it('a port belongs to the host, unless it is the usual one', async () => {
  const urls = [
    'https://a.example:443/',
    'http://a.example:80',
    'http://nas.lan:8080/x',
    'http://[fd00::1]:81/',
  ]
  const calls = urls.map((url) => `http.get('${url}')`).join('\n  ')
  expect((await python(calls)).hosts).toEqual(['[fd00::1]:81', 'a.example', 'nas.lan:8080'])
})

describe('what shows only when it runs is said', { concurrent: true }, () => {
  it.each([
    ['a whole address', 'http.get(city)', [['host', null]]],
    ['a sub-domain', "http.get(f'https://{sub}.api.example/x')", [['host', '*.api.example']]],
    [
      'what may go on after a host',
      "http.get('https://api.example' + city)",
      [['host_end', 'api.example']],
    ],
    ['a port', "http.get(f'http://nas.lan:{city}/')", [['port', 'nas.lan']]],
    ['a way to send that is handed on', 'return [map(http.get, [city])]', [['request', null]]],
    ['a part of http by name', "getattr(http, 'get')", [['request', null]]],
    ['a module', '__import__(city)', [['module', null]]],
    ['a secret', 'secrets[city]', [['secret', null]]],
    ['all secrets', 'dict(secrets)', [['secret', null]]],
    ['code', 'eval(city)', [['code', 'eval']]],
    ['what lies behind imports', 'print.__self__.__globals__', [['code', '__globals__']]],
  ])('%s in Python', async (_what, body, unseen) => {
    expect(told(await python(body))).toEqual(unseen)
  })

  it.each([
    ['a whole address', 'await fetch(city)', [['host', null]]],
    ['a sub-domain', 'await fetch(`https://${sub}.api.example/x`)', [['host', '*.api.example']]],
    ['a port', 'await fetch(`http://nas.lan:${city}/`)', [['port', 'nas.lan']]],
    ['a way to send that is handed on', 'return [city].map(fetch)', [['request', null]]],
    ['a module', 'await import(city)', [['module', null]]],
    ['a secret', 'return secrets[city]', [['secret', null]]],
    ['all secrets', 'return { ...secrets }', [['secret', null]]],
    ['code', 'return eval(city)', [['code', 'eval']]],
    ['code in a timer', "setTimeout('1', 1)", [['code', 'setTimeout']]],
  ])('%s in TypeScript', async (_what, body, unseen) => {
    expect(told(await typescript(body))).toEqual(unseen)
  })
})

it('names the line of the first of a kind', async () => {
  const { unseen } = await python('pass\n  http.get(city)\n  http.get(sub)')
  expect(unseen).toEqual([{ kind: 'host', line: 4, hint: null }])
})

it('modules are told that a tool must ask for, wherever they are imported, and packages apart', async () => {
  const uses = await python(
    "import sqlite3, json\n  importlib.import_module('subprocess')\n  from urllib import parse",
    'import importlib, yaml, http\nfrom asyncio import create_subprocess_exec',
  )
  expect(uses.modules).toEqual(['asyncio', 'importlib', 'sqlite3', 'subprocess'])
  expect(uses.packages).toEqual([{ module: 'yaml', package: 'pyyaml' }])
  expect((await typescript('', "import { cpus } from 'node:os'\nimport 'util'")).modules).toEqual([
    'os',
  ])
})

it('a secret that is read is told from one that is only written as a placeholder', async () => {
  const body =
    'http.get("https://api.example/", headers={"k": "{{secret:SENT}}"}, auth=secrets["READ"])'
  const secrets = [
    { name: 'READ', read: true, places: [] },
    { name: 'SENT', read: false, places: [] },
  ]
  expect((await python(body, '"""Not {{secret:OF_A_DOCSTRING}}."""')).secrets).toEqual(secrets)
  expect(
    (await python("return secrets.get('A'), secrets.token_hex(), 'B' in secrets")).secrets,
  ).toEqual([{ name: 'A', read: true, places: [] }])
  expect((await typescript("return [secrets.READ, '{{secret:SENT}}']")).secrets).toEqual(secrets)
})

describe('a secret that is only put into headers has its places', { concurrent: true }, () => {
  const API = 'https://api.example/x'
  const sent = [{ name: 'KEY', read: false, places: ['KEY@api.example/x-key'] }]
  const read = [{ name: 'KEY', read: true, places: [] }]
  it.each([
    ['as it is', `http.get('${API}', headers={'X-Key': secrets['KEY']})`, sent],
    ['in a text', `http.get('${API}', headers={'X-Key': f'Bearer {secrets["KEY"]}'})`, sent],
    [
      'by a table',
      `h = {'X-Key': 'a' + secrets.get('KEY')}\n  http.get('${API}', headers=h)`,
      sent,
    ],
    [
      'with something done to it',
      `http.get('${API}', headers={'X-Key': hash(secrets['KEY'])})`,
      read,
    ],
    ['in a form of its own', `http.get('${API}', headers={'X-Key': f'{secrets["KEY"]!r}'})`, read],
    ['to a host that does not show', `http.get(city, headers={'X-Key': secrets['KEY']})`, read],
    ['in clear', `http.get('http://api.example/', headers={'X-Key': secrets['KEY']})`, read],
    ['not in a header', `http.post('${API}', data=secrets['KEY'])`, read],
    [
      'and read as well',
      `http.get('${API}', headers={'X-Key': secrets['KEY']})\n  print(secrets['KEY'])`,
      [{ ...sent[0], read: true }],
    ],
    [
      'in clear to a port',
      "http.get('http://nas.lan:81/', headers={'X-Key': secrets['KEY']})",
      [{ ...sent[0], places: ['KEY@nas.lan:81/x-key'] }],
    ],
  ])('%s, in Python', async (_what, body, secrets) => {
    expect((await python(body)).secrets).toEqual(secrets)
  })

  it.each([
    ['as it is', `await fetch('${API}', { headers: { 'X-Key': secrets.KEY } })`, sent],
    [
      'in a text',
      `await fetch('${API}', { headers: { 'X-Key': \`Bearer \${secrets.KEY}\` } })`,
      sent,
    ],
    [
      'by a table',
      `const headers = { 'X-Key': secrets['KEY'] }; await fetch('${API}', { headers })`,
      sent,
    ],
    [
      'with something done to it',
      `await fetch('${API}', { headers: { 'X-Key': btoa(secrets.KEY) } })`,
      read,
    ],
    [
      'to a host that does not show',
      "await fetch(city, { headers: { 'X-Key': secrets.KEY } })",
      read,
    ],
    ['not in a header', `await fetch('${API}', { method: 'POST', body: secrets.KEY })`, read],
  ])('%s, in TypeScript', async (_what, body, secrets) => {
    expect((await typescript(body)).secrets).toEqual(secrets)
  })
})

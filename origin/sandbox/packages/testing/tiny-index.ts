import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Wheel } from './wheel.ts'

/** What OSV would say: ids by `name==version`, of which some are not all, and the words of each id. */
export type Advisories = {
  found: Record<string, string[]>
  continued: string[]
  words: Record<string, { summary?: string; withdrawn?: string }>
}

/** A package index (PEP 691, PEP 658) and a database of advisories, on loopback. */
export async function tinyIndex(wheels: readonly Wheel[]) {
  const files = new Map(wheels.map((one) => [one.filename, one]))
  const asked: string[] = []
  const advisories: Advisories = { found: {}, continued: [], words: {} }
  const state = {
    answers: 'json' as 'json' | 'html' | 'nothing',
    holdsWheels: false,
    /** Last bytes of each wheel that never come. */
    keepsBack: 0,
  }
  const reached = Promise.withResolvers<void>()

  function project(name: string, response: ServerResponse): void {
    const offered = [...files.values()].filter(({ filename }) => normal(filename) === name)
    if (offered.length === 0) return void response.writeHead(404).end()
    if (state.answers === 'html') {
      const links = offered.map(({ filename }) => `<a href="/files/${filename}">${filename}</a>`)
      return void response.writeHead(200, { 'content-type': 'text/html' }).end(links.join('\n'))
    }
    const listed = offered.map(({ filename, bytes, metadata }) => ({
      filename,
      url: `/files/${filename}`,
      hashes: { sha256: createHash('sha256').update(bytes).digest('hex') },
      size: bytes.length,
      'upload-time': '2020-02-03T04:05:06.000000Z',
      'core-metadata': { sha256: createHash('sha256').update(metadata).digest('hex') },
      yanked: filename.includes('-0.9-') ? 'broken' : false,
    }))
    const versions = listed.map(({ filename }) => filename.split('-')[1])
    const page = { meta: { 'api-version': '1.1' }, name, versions, files: listed }
    response
      .writeHead(200, { 'content-type': 'application/vnd.pypi.simple.v1+json' })
      .end(JSON.stringify(page))
  }

  function file(name: string, response: ServerResponse): void {
    const found = files.get(name.replace(/\.metadata$/, ''))
    if (found === undefined) return void response.writeHead(404).end()
    if (name.endsWith('.metadata')) return void response.end(found.metadata)
    reached.resolve()
    if (state.holdsWheels) return
    if (state.keepsBack === 0) return void response.end(found.bytes)
    response.setHeader('content-length', found.bytes.length)
    response.write(found.bytes.subarray(0, -state.keepsBack))
  }

  function report(body: string, response: ServerResponse): void {
    const { queries } = JSON.parse(body) as {
      queries: { package: { name: string }; version: string }[]
    }
    const results = queries.map(({ package: { name }, version }) => {
      const asked = `${name}==${version}`
      const ids = advisories.found[asked]
      const rest = advisories.continued.includes(asked) ? { next_page_token: 'more' } : {}
      return ids === undefined ? rest : { vulns: ids.map((id) => ({ id })), ...rest }
    })
    response.end(JSON.stringify({ results }))
  }

  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '')
    asked.push(path)
    const [, room, name = '', what = '', id = ''] = path.split('/')
    if (state.answers === 'nothing') request.destroy()
    else if (room === 'simple') project(name, response)
    else if (room === 'files') file(name, response)
    else if (what === 'vulns') response.end(JSON.stringify({ id, ...advisories.words[id] }))
    else {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => report(Buffer.concat(parts).toString(), response))
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    /** What pip needs to find it, and nothing else. */
    env: { PATH: process.env['PATH'], PIP_INDEX_URL: `http://127.0.0.1:${port}/simple/` },
    state,
    advisories,
    asked,
    /** When somebody has asked for a wheel. */
    reached: reached.promise,
    /** Offers a file, in place of one of the same name. */
    offer: (one: Wheel) => void files.set(one.filename, one),
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      if (server.listening) await once(server, 'close')
    },
  }
}

function normal(filename: string): string {
  return (filename.split('-')[0] ?? '').replace(/[-_.]+/g, '-').toLowerCase()
}

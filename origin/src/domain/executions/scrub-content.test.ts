import { expect, test } from 'vitest'
import type { ContentBlock } from '#contract/content.ts'
import { measured, ok } from '../../testing/scripted-sandbox.ts'
import { named } from '../../testing/secrets.ts'
import { scrubber } from './scrub.ts'

const base64 = (bytes: string | Buffer) => Buffer.from(bytes).toString('base64')

function scrubbed(block: ContentBlock, ...secrets: string[]): ContentBlock | undefined {
  const outcome = scrubber(named(...secrets)).outcome(ok(null, '', [block]))
  return outcome.kind === 'ok' ? outcome.content?.[0] : undefined
}

test.each<[ContentBlock, ContentBlock]>([
  [
    { type: 'text', text: 'of hunter2', annotations: { priority: 1 } },
    { type: 'text', text: 'of [secret S0]', annotations: { priority: 1 } },
  ],
  [
    { type: 'resource', resource: { uri: 'file:///hunter2.txt', text: 'a hunter2' } },
    { type: 'resource', resource: { uri: 'file:///[secret S0].txt', text: 'a [secret S0]' } },
  ],
  [
    { type: 'resource_link', uri: 'https://a/?k=hunter2', name: 'hunter2', description: 'hunter2' },
    {
      type: 'resource_link',
      uri: 'https://a/?k=[secret S0]',
      name: '[secret S0]',
      description: '[secret S0]',
    },
  ],
  [
    { type: 'image', data: '', mimeType: 'image/hunter2' },
    { type: 'image', data: '', mimeType: 'image/[secret S0]' },
  ],
])('a secret is taken out of every text of %j', (block, clean) => {
  expect(scrubbed(block, 'hunter2')).toEqual(clean)
})

test.each([
  ['as it is', Buffer.from('hunter2')],
  ['at any place', Buffer.from([0xff, 0xc3, ...Buffer.from('hunter2'), 0xff])],
  ['in base64 once more', Buffer.from(base64('hunter2'))],
  ['in hex', Buffer.from(Buffer.from('hunter2').toString('hex'))],
])('bytes that hold a secret %s are withheld', (_how, bytes) => {
  const data = base64(bytes)
  const told = (what: string) => ({
    type: 'text',
    text: `[${what}, ${bytes.length} bytes] was withheld: it holds a secret`,
  })
  for (const type of ['image', 'audio'] as const)
    expect(scrubbed({ type, data, mimeType: `${type}/x` }, 'hunter2')).toEqual(told(`${type}/x`))
  const resource = { uri: 'file:///hunter2', mimeType: 'a/b', blob: data }
  expect(scrubbed({ type: 'resource', resource }, 'hunter2')).toEqual(
    told('file:///[secret S0], a/b'),
  )
})

test('a value that any large file may hold by chance withholds none', () => {
  const image: ContentBlock = { type: 'image', data: base64('a 12345 b'), mimeType: 'image/x' }
  expect(scrubbed(image, 'a', '12345')).toEqual({ ...image, mimeType: expect.any(String) })
})

test('what a tool gave to say that it failed is cleaned too', () => {
  const outcome = scrubber(named('hunter2')).outcome({
    kind: 'failed',
    failure: { type: 'ToolError', message: 'hunter2', traceback: '' },
    reply: { value: { a: 'hunter2' }, content: [{ type: 'text', text: 'hunter2' }] },
    ...measured(),
  })
  expect(outcome).toMatchObject({
    failure: { message: '[secret S0]' },
    reply: { value: { a: '[secret S0]' }, content: [{ text: '[secret S0]' }] },
  })
})

test('a secret that is split over blocks is taken out of all of them', () => {
  const texts = ['of hun', 'ter2-4', '711 end']
  const content = texts.map((text): ContentBlock => ({ type: 'text', text }))
  const outcome = scrubber(named('hunter2-4711')).outcome(ok(null, '', content))
  expect(outcome).toMatchObject({
    content: [{ text: 'of [secret S0]' }, { text: '' }, { text: ' end' }],
  })
})

test('a secret in the letters that encode bytes is withheld too', () => {
  const data = 'AAAAhunter2hunter2AA'
  expect(scrubbed({ type: 'image', data, mimeType: 'image/x' }, 'hunter2hunter2')).toMatchObject({
    type: 'text',
  })
})

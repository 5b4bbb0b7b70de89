import { expect, test } from 'vitest'
import { Content, decodedBytes, encodedData } from './content.ts'
import { MAX_CONTENT_BLOCKS } from './limits.ts'

const TEXT = { type: 'text', text: '' }
const LINK = { type: 'resource_link', uri: 'https://example.com', name: 'a' }
const RESOURCE = { type: 'resource', resource: { uri: 'file:///a', blob: 'AA==' } }
const IMAGE = { type: 'image', data: 'AAAA', mimeType: 'image/png' }

const takes = (block: unknown) => Content.safeParse([block]).success

test.each([
  TEXT,
  LINK,
  RESOURCE,
  IMAGE,
  { type: 'audio', data: '', mimeType: 'audio/ogg; codecs=opus' },
  { ...TEXT, annotations: { audience: ['user', 'assistant'], priority: 0 } },
  { ...LINK, title: 'b', description: 'c', size: 0, mimeType: 'text/html' },
  { type: 'resource', resource: { uri: 'urn:a', text: '', mimeType: 'text/plain; charset=utf-8' } },
])('%j is content', (block) => {
  expect(takes(block)).toBe(true)
})

test.each([
  { type: 'tool_use' },
  { ...TEXT, _meta: {} },
  { ...IMAGE, _meta: { 'mcpbox/execution': {} } },
  { ...LINK, icons: [] },
  { type: 'text' },
  { ...IMAGE, mimeType: 'text/html' },
  { ...IMAGE, mimeType: 'image/png\n' },
  { ...IMAGE, mimeType: `image/${'x'.repeat(300)}` },
  { ...IMAGE, data: 'AAA' },
  { ...IMAGE, data: 'AA=A' },
  { ...IMAGE, data: 'AA-_' },
  { ...IMAGE, data: 'AAAA\n' },
  { ...LINK, uri: 'example.com' },
  { ...LINK, uri: 'https://exa mple.com' },
  { ...LINK, uri: 'https://example.com/\u202e' },
  { ...LINK, name: '' },
  { ...LINK, size: -1 },
  { type: 'resource', resource: { uri: 'file:///a' } },
  { type: 'resource', resource: { uri: 'file:///a', text: '', blob: '' } },
  { ...TEXT, annotations: { audience: [] } },
  { ...TEXT, annotations: { priority: 2 } },
  { ...TEXT, annotations: { lastModified: 'now' } },
])('%j is not', (block) => {
  expect(takes(block)).toBe(false)
})

test('there is at least one block, and not many', () => {
  expect(Content.safeParse([]).success).toBe(false)
  const many = (count: number) => Content.safeParse(Array.from({ length: count }, () => TEXT))
  expect(many(MAX_CONTENT_BLOCKS).success).toBe(true)
  expect(many(MAX_CONTENT_BLOCKS + 1).success).toBe(false)
})

test('a list of a million wrong things is refused with one complaint', () => {
  const list = Array.from({ length: 1_000_000 }, () => 0)
  expect(Content.safeParse(list).error?.issues).toHaveLength(1)
  const annotations = { audience: list }
  expect(Content.safeParse([{ ...TEXT, annotations }]).error?.issues).toHaveLength(1)
})

test('base64 tells how many bytes it stands for', () => {
  for (const bytes of [0, 1, 2, 3, 4, 100])
    expect(decodedBytes(Buffer.alloc(bytes).toString('base64'))).toBe(bytes)
})

test('only some blocks have bytes', () => {
  const blocks = Content.parse([TEXT, LINK, RESOURCE, IMAGE])
  expect(blocks.map(encodedData)).toEqual([null, null, 'AA==', 'AAAA'])
})

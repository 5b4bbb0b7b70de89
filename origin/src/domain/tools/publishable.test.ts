import { expect, test } from 'vitest'
import type { JsonObject } from '#contract/json.ts'
import { Name } from '#contract/names.ts'
import type { Publication } from '#contract/publication.ts'
import { assertPublishable, publicationFrom, type WrittenPublication } from './publishable.ts'

const named = { server: Name.parse('notes'), tool: Name.parse('day') }
const own: Publication = { kind: 'tool', name: 'notes__day' }
const resource: Publication = { kind: 'resource', uri: 'notes://{day}', mimeType: 'text/plain' }

test.each<[string, WrittenPublication, Publication | undefined, Publication]>([
  ['nothing said', {}, undefined, own],
  ['another name', { publishedAs: 'day' }, undefined, { kind: 'tool', name: 'day' }],
  ['a prompt', { kind: 'prompt' }, undefined, { kind: 'prompt', name: 'notes__day' }],
  [
    'a resource',
    { kind: 'resource', publishedAs: 'notes://today' },
    undefined,
    { kind: 'resource', uri: 'notes://today', mimeType: null },
  ],
  ['nothing changed', {}, resource, resource],
  ['another type', { mimeType: 'text/html' }, resource, { ...resource, mimeType: 'text/html' }],
  ['a tool again', { kind: 'tool' }, resource, own],
])('with %s it is published as that', (_what, written, before, published) => {
  expect(publicationFrom(written, named, before)).toEqual(published)
})

test.each<[string, WrittenPublication]>([
  ['a resource without an address', { kind: 'resource' }],
  ['a resource at no URI', { kind: 'resource', publishedAs: 'today' }],
  ['a name of the management tools', { publishedAs: 'mcpbox_call_tool' }],
  ['a name with odd letters', { publishedAs: 'dаy' }],
  ['a media type of a tool', { mimeType: 'text/plain' }],
  ['a media type that is none', { kind: 'resource', publishedAs: 'a://b', mimeType: 'text' }],
])('%s is refused', (_what, written) => {
  expect(() => publicationFrom(written, named)).toThrow(/published_as|mime_type/)
})

const takes = (properties: JsonObject, ...required: string[]) => ({
  type: 'object',
  properties,
  required,
})
const day = { type: 'string' }

test.each<[string, Publication, JsonObject]>([
  ['a prompt with texts', { kind: 'prompt', name: 'day' }, takes({ day, who: day }, 'day')],
  ['a prompt with choices', { kind: 'prompt', name: 'day' }, takes({ day: { enum: ['mo'] } })],
  [
    'a prompt with a text or none',
    { kind: 'prompt', name: 'day' },
    takes({ day: { anyOf: [day, { type: 'null' }] } }),
  ],
  ['a resource with all its variables', resource, takes({ day, zone: day }, 'day')],
  ['a tool with numbers', own, takes({ day: { type: 'integer' } }, 'day')],
])('%s may be published', (_what, publication, schema) => {
  expect(() => assertPublishable({ ...named, publication }, schema)).not.toThrow()
})

test.each<[string, Publication, JsonObject]>([
  ['a prompt with numbers', { kind: 'prompt', name: 'day' }, takes({ day: { type: 'integer' } })],
  ['a resource with a variable that main does not take', resource, takes({})],
  ['a resource without a variable that main needs', resource, takes({ day, zone: day }, 'zone')],
  ['a name that is another tool’s own', { kind: 'tool', name: 'bank__pay' }, takes({})],
])('%s may not be published', (_what, publication, schema) => {
  expect(() => assertPublishable({ ...named, publication }, schema)).toThrow(
    /must|may|has no|are text/,
  )
})

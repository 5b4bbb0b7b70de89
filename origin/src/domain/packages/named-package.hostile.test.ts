import { expect, test } from 'vitest'
import { NamedPackage } from './named-package.ts'

test.each([
  ['PyYAML==6.0.2', 'pyyaml', '6.0.2'],
  ['zope.interface', 'zope-interface', null],
  ['Tiny__Greet.-x==1', 'tiny-greet-x', '1'],
])('%s is %s at %s', (text, name, version) => {
  expect(NamedPackage.parse(text)).toEqual({ name, version })
})

test.each([
  '--pre',
  '-r',
  '-e.',
  'a --pre',
  'a\n--pre',
  'https://example.com/a',
  'git+ssh://x',
  './a',
  '../a',
  '/a',
  'a/b',
  'a\\b',
  'a@b',
  'a[b]',
  'a;b',
  'a>=1',
  'a==1==2',
  'a==',
  'a==1.*',
  '==1',
  '.a',
  'a.',
  '',
  '$HOME',
  'ａ==1',
])('%j is no package', (text) => {
  expect(NamedPackage.safeParse(text).success).toBe(false)
})

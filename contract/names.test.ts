import { expect, test } from 'vitest'
import { ModuleName, Name, parseWireName, SecretName, wireName } from './names.ts'

test.each(['a', 'weather', 'get_forecast', 'v2', 'a'.repeat(30)])('"%s" is a name', (name) => {
  expect(Name.parse(name)).toBe(name)
})

test.each([
  ['nothing', ''],
  ['31 characters', 'a'.repeat(31)],
  ['65 characters', 'a'.repeat(65)],
  ['a double underscore', 'get__forecast'],
  ['an underscore first', '_forecast'],
  ['an underscore last', 'forecast_'],
  ['a digit first', '2nd'],
  ['upper case', 'Weather'],
  ['a hyphen', 'get-forecast'],
  ['a dot', 'a.b'],
  ['a space', 'a b'],
  ['a line end', 'weather\n'],
  ['NUL', 'weather\0'],
  ['a letter that only looks like one', 'wеather'],
  ['an emoji', 'weather🌦'],
  ['a path', '../weather'],
])('a name with %s is refused', (_what, name) => {
  expect(Name.safeParse(name).success).toBe(false)
})

test('a wire name is server and tool, and splits into just these', () => {
  const wire = wireName('my_server', 'my_tool')
  expect(wire).toBe('my_server__my_tool')
  expect(parseWireName(wire)).toEqual({ server: 'my_server', tool: 'my_tool' })
})

test('the longest wire name stays under the 64 characters of the strictest clients', () => {
  expect(wireName('s'.repeat(30), 't'.repeat(30)).length).toBeLessThan(64)
})

test.each([
  'weather',
  '__forecast',
  'weather__',
  'weather___forecast',
  'a__b__c',
  'Weather__forecast',
  'weather__fore\ncast',
  `${'a'.repeat(31)}__b`,
  `a__${'b'.repeat(62)}`,
  '',
])('"%s" is no wire name', (wire) => {
  expect(parseWireName(wire)).toBeNull()
})

test('a secret is named in upper case', () => {
  expect(SecretName.parse('API_KEY_2')).toBe('API_KEY_2')
  for (const name of ['api_key', '2KEY', '_KEY', 'API-KEY', 'KEY\n', '', 'K'.repeat(101)])
    expect(SecretName.safeParse(name).success).toBe(false)
})

test('a module is a dotted Python name', () => {
  expect(ModuleName.parse('xml.etree.ElementTree')).toBe('xml.etree.ElementTree')
  for (const name of [
    'xml..etree',
    '.xml',
    'xml.',
    'os;sys',
    'os sys',
    'os\n',
    '',
    'm'.repeat(129),
  ])
    expect(ModuleName.safeParse(name).success).toBe(false)
})

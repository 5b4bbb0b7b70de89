import { expect, test } from 'vitest'
import { isDatabaseAway } from './database-away.ts'

const coded = (code: string, message = 'x') => Object.assign(new Error(message), { code })

test.each<[string, unknown]>([
  ['is not there', coded('ECONNREFUSED')],
  ['took its socket away', Object.assign(coded('ENOENT'), { syscall: 'connect' })],
  ['ends its connections', new Error('Failed query', { cause: coded('57P01') })],
  ['starts', coded('57P03')],
  ['has no connection left', coded('53300')],
  ['is full', new Error('Failed query', { cause: coded('53100') })],
  ['has none in the pool', new Error('timeout exceeded when trying to connect')],
  ['hangs', new Error('Failed query', { cause: new Error('Query read timeout') })],
  ['broke the connection', new Error('Connection terminated unexpectedly')],
])('a database that %s is away', (_how, fault) => {
  expect(isDatabaseAway(fault)).toBe(true)
})

test.each<[string, unknown]>([
  ['a broken rule', new Error('Failed query', { cause: coded('23505') })],
  ['a wrong query', coded('42601')],
  ['a broken rule of the protocol', coded('08P01')],
  ['a full disk of our own', coded('ENOSPC')],
  ['a file that is not there', Object.assign(coded('ENOENT'), { syscall: 'open' })],
  ['another service', new TypeError('fetch failed', { cause: coded('ECONNREFUSED') })],
  ['a mistake of ours', new TypeError('x is undefined')],
  ['nothing that is an error', 'ECONNREFUSED'],
])('%s is not taken for it', (_what, fault) => {
  expect(isDatabaseAway(fault)).toBe(false)
})

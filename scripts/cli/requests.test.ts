import { expect, test } from 'vitest'
import { PermissionRequestView } from '#contract/admin-door/permissions.ts'
import { inForce } from './in-force.ts'
import { presentRequest } from './requests.ts'
import { timeFrom } from './times.ts'

function asked(change: Partial<Record<keyof PermissionRequestView, unknown>>): string[] {
  const request = PermissionRequestView.parse({
    id: '6f1c9a1e-6f0e-4f7e-9b43-0f1f5a1d2c77',
    state: 'waiting',
    server: 'bank',
    tool: null,
    kind: 'host',
    value: 'api.example.com',
    justification: 'rates',
    requested_by: 'ada@example.com',
    client: { name: 'a-client', version: '1' },
    requested_at: '2026-01-01T00:00:00.000Z',
    decided_by: null,
    decided_at: null,
    reason: null,
    package_facts: null,
    ...change,
  })
  return presentRequest(request).split('\n')
}

test('a request says what is asked for, for what, by whom, why, and what it means', () => {
  expect(asked({})).toEqual([
    '── host api.example.com for all tools of bank',
    'request    6f1c9a1e-6f0e-4f7e-9b43-0f1f5a1d2c77',
    'asked by   ada@example.com with a-client 1, 2026-01-01T00:00:00.000Z',
    'why        rates',
    'means      drafts that nobody has read yet may use it, without secrets',
    '',
  ])
  expect(asked({ tool: 'pay' })[0]).toBe('── host api.example.com for the tool pay of bank')
})

test('nothing that an asker writes passes for a line of ours', () => {
  const attack = 'rates\nrequest    00000000-0000-4000-8000-000000000000\u001b[2J\u202edevorppa'
  const lines = asked({ justification: attack, requested_by: attack })
  expect(lines).toHaveLength(6)
  expect(['\u001b', '\u202e'].filter((sign) => lines.join('').includes(sign))).toEqual([])
})

test.each([
  [undefined, null],
  ['never', null],
  ['2026-12-31', '2026-12-31T00:00:00Z'],
  ['2026-12-31T18:00:00Z', '2026-12-31T18:00:00Z'],
  ['2026-12-31T18:00:00+01:00', '2026-12-31T18:00:00+01:00'],
])('the time %j is %j', (typed, time) => {
  expect(timeFrom(typed)).toBe(time)
})

test.each(['tomorrow', '31.12.2026', '2026-13-01', ''])('%j is no time', (typed) => {
  expect(() => timeFrom(typed)).toThrow('is no time; write 2026-12-31')
})

test.each([
  [{ in_force: true, expires_at: null, revoked: null }, 'in force'],
  [{ in_force: true, expires_at: 'T', revoked: null }, 'in force until T'],
  [{ in_force: false, expires_at: 'T', revoked: null }, 'OVER since T'],
  [
    { in_force: false, expires_at: null, revoked: { by: 'ada', at: 'T', reason: 'no' } },
    'REVOKED by ada at T: no',
  ],
])('%j is shown as %s', (term, shown) => {
  expect(inForce(term)).toBe(shown)
})

import { expect, test } from 'vitest'
import { HostGrant } from '#contract/host-grant.ts'
import { RecordedAnswer } from '#contract/recorded-answers.ts'
import { type Broker, openBroker } from './broker.ts'
import { fromRecord } from './from-record.ts'
import { EGRESS_LIMITS } from './limits.ts'
import { withdrawnLines } from './withdrawn.ts'
import { ask, boundSecrets, type Call, refusal } from './testing/policy.ts'

type Written = { url: string } & Partial<Omit<RecordedAnswer, 'url'>>

function recorded(answers: Written[], call: Call = {}): Broker {
  return openBroker({
    grants: (call.hosts ?? ['api.example']).map((host) => HostGrant.parse(host)),
    secrets: boundSecrets(call),
    withdrawn: withdrawnLines(),
    limits: { ...EGRESS_LIMITS, ...call.limits },
    way: fromRecord(answers.map((answer) => RecordedAnswer.parse(answer))),
    signal: call.signal ?? new AbortController().signal,
  })
}

test('a request gets the answer that was recorded for it', async () => {
  const body = { celsius: 7 }
  const broker = recorded([
    { url: 'https://api.example/other', body: 'not this one' },
    { url: 'https://api.example/now', method: 'POST', status: 201, headers: { 'x-n': '1' }, body },
  ])
  expect(await ask(broker, 'https://API.example/now', { method: 'POST', body: '{}' })).toEqual({
    status: 201,
    headers: { 'x-n': '1', 'content-type': 'application/json' },
    url: 'https://api.example/now',
    text: '{"celsius":7}',
  })
  expect(broker.records()).toMatchObject([{ host: 'api.example', status: 201, bytes_out: 2 }])
})

test('what was not recorded is refused, by method, host and path', async () => {
  const broker = recorded([{ url: 'https://api.example/now' }], {
    hosts: ['api.example'],
  })
  expect(await refusal(broker, 'https://api.example/now', { method: 'DELETE' })).toBe(
    'not_recorded',
  )
  expect(await refusal(broker, 'https://api.example/later')).toBe('not_recorded')
  expect(await refusal(broker, 'http://api.example/now')).toBe('not_recorded')
  await expect(ask(broker, 'https://api.example/later')).rejects.toThrow(
    'nothing is recorded for GET https://api.example/later; a test reaches no network',
  )
})

test('a recorded query is one in any order, and none stands for all', async () => {
  const broker = recorded([
    { url: 'https://api.example/a?x=1&y=2', body: 'this' },
    { url: 'https://api.example/b', body: 'all' },
  ])
  expect(await ask(broker, 'https://api.example/a?y=2&x=1')).toMatchObject({ text: 'this' })
  expect(await refusal(broker, 'https://api.example/a?x=1')).toBe('not_recorded')
  expect(await ask(broker, 'https://api.example/b?q=anything')).toMatchObject({ text: 'all' })
})

test('several answers to one request come in their order, and the last one stays', async () => {
  const url = 'https://api.example/job'
  const broker = recorded([
    { url, status: 202, body: 'working' },
    { url, body: 'done' },
  ])
  const texts = []
  for (const _ of [1, 2, 3]) texts.push((await ask(broker, url)).text)
  expect(texts).toEqual(['working', 'done', 'done'])
})

test('hosts outside the manifest are refused as over the network, though they are recorded', async () => {
  const answers = [
    'https://other.example/',
    'https://api.example:8443/',
    'http://127.0.0.1/',
    'http://169.254.169.254/',
    'http://10.0.0.1/',
  ]
  const broker = recorded(
    answers.map((url) => ({ url })),
    { hosts: ['api.example', '127.0.0.1', '169.254.169.254', '10.0.0.1'] },
  )
  expect(await refusal(broker, 'https://other.example/')).toBe('host_not_approved')
  expect(await refusal(broker, 'https://api.example:8443/')).toBe('port_not_approved')
  expect(await refusal(broker, 'http://127.0.0.1/')).toBe('address_forbidden')
  expect(await refusal(broker, 'http://169.254.169.254/')).toBe('address_forbidden')
  expect(await refusal(broker, 'http://10.0.0.1/')).toBe('status 200')
})

test('a recorded redirect is followed under the same rules', async () => {
  const broker = recorded([
    { url: 'https://api.example/a', status: 302, headers: { location: '/b' } },
    { url: 'https://api.example/b', body: 'here' },
    { url: 'https://api.example/c', status: 302, headers: { Location: 'https://other.example/' } },
  ])
  expect(await ask(broker, 'https://api.example/a')).toMatchObject({ text: 'here' })
  expect(await refusal(broker, 'https://api.example/c')).toBe('host_not_approved')
})

test('secrets go to their own places only, and come back scrubbed', async () => {
  const secrets = [{ name: 'KEY', value: 'test-KEY', host: 'api.example', header: 'x-key' }]
  const broker = recorded([{ url: 'https://api.example/', body: 'you said test-KEY' }], { secrets })
  const placed = { headers: [['x-key', '{{secret:KEY}}']] as [string, string][] }
  expect(await ask(broker, 'https://api.example/', placed)).toMatchObject({
    text: 'you said [secret KEY]',
  })
  expect(await refusal(broker, 'https://api.example/{{secret:KEY}}')).toBe('secret_not_for_place')
})

test('a record in the clothes of a compressed answer is read as the text that it is', async () => {
  const broker = recorded([
    { url: 'https://api.example/', headers: { 'Content-Encoding': 'gzip' }, body: 'plain' },
  ])
  expect(await ask(broker, 'https://api.example/')).toMatchObject({ text: 'plain' })
})

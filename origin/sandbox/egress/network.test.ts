import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, it } from 'vitest'
import { internet } from './network.ts'
import { brokerFor, refusal } from './testing/policy.ts'

it('the names of this machine lead nowhere, even where somebody approved them', async () => {
  const broker = brokerFor(internet, { hosts: ['localhost'] })
  expect(await refusal(broker, 'http://localhost/')).toBe('address_forbidden')
})

it('an address is connected to as it is', async () => {
  const server = createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = internet.connect('127.0.0.1', (server.address() as AddressInfo).port)
  expect(String(((await once(socket, 'data')) as [Buffer])[0])).toBe('hello')
  server.close()
})

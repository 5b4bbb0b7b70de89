import { expect, test } from 'vitest'
import { openDoor } from './http/door.ts'
import { listen } from './listen.ts'
import { keptLog } from './testing/doors.ts'

const door = openDoor('test', keptLog())

test('a door listens at the address it is told, and at no other', async () => {
  await using listening = await listen(door, '127.0.0.1', 0)
  const response = await fetch(`http://127.0.0.1:${listening.port}/`)
  expect(response.status).toBe(404)
  await expect(fetch(`http://[::1]:${listening.port}/`)).rejects.toThrow('fetch failed')
})

test('an address that is taken is named', async () => {
  await using first = await listen(door, '127.0.0.1', 0)
  await expect(listen(door, '127.0.0.1', first.port)).rejects.toThrow(
    `Something else listens at 127.0.0.1:${first.port} already.`,
  )
})

test('closing ends the connections that wait', async () => {
  const waiting = openDoor('test', keptLog())
  const asked = Promise.withResolvers<void>()
  waiting.get('/', () => {
    asked.resolve()
    return new Promise<never>(() => {})
  })
  const listening = await listen(waiting, '127.0.0.1', 0)
  const answer = fetch(`http://127.0.0.1:${listening.port}/`).then(
    () => 'answered',
    () => 'cut off',
  )
  await asked.promise
  await listening[Symbol.asyncDispose]()
  expect(await answer).toBe('cut off')
})

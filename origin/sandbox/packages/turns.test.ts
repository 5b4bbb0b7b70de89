import { expect, it } from 'vitest'
import { turns } from './turns.ts'

const forever = new AbortController().signal

it('who finds all turns taken waits until one is given back, in the order of asking', async () => {
  const queue = turns(1, 2)
  const order: string[] = []
  const leave = await queue.take(forever)
  const coming = async (name: string) => {
    const mine = await queue.take(forever)
    order.push(name)
    mine()
  }
  const both = [coming('second'), coming('third')]
  expect(order).toEqual([])
  leave()
  await Promise.all(both)
  expect(order).toEqual(['second', 'third'])
})

it('as many as may at once do not wait', async () => {
  const queue = turns(2, 0)
  await Promise.all([queue.take(forever), queue.take(forever)])
  await expect(queue.take(forever)).rejects.toThrow('too many')
})

it('who gives up waiting keeps nobody else from their turn', async () => {
  const queue = turns(1, 2)
  const leave = await queue.take(forever)
  const stop = new AbortController()
  const gone = queue.take(stop.signal)
  const patient = queue.take(forever)
  stop.abort(new Error('given up'))
  await expect(gone).rejects.toThrow('given up')
  leave()
  expect(await patient).toBeTypeOf('function')
})

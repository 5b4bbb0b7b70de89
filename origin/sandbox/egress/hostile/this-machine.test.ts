import { networkInterfaces } from 'node:os'
import { expect, test } from 'vitest'
import { locate } from '../locate.ts'

const own = Object.values(networkInterfaces()).flatMap((all) => all ?? [])

test.each(own.map(({ address }) => address))(
  'the machine’s own address %s is never reached, though its name was approved',
  async (address) => {
    const url = new URL('http://me.example/')
    const target = { url, secure: false, host: url.host, port: 80, authority: url.host }
    const network = { resolve: async () => [address] }
    const located = locate(target, 'name', network, new AbortController().signal)
    await expect(located).rejects.toMatchObject({ reason: 'address_forbidden' })
  },
)

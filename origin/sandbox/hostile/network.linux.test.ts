import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { unbarred } from '../testing/attack.ts'
import { fileCanary, serverCanary, udpCanary } from '../testing/canaries.ts'
import { formableLevels, sandboxAt } from '../testing/sandbox.ts'

describe.each(formableLevels)('network at %s', { concurrent: true }, (level) => {
  const sandbox = sandboxAt(level)

  it('reach a server', async () => {
    await using file = await fileCanary()
    const byPath = join(file.folder, 'socket')
    const abstract = `canary-${randomUUID()}`
    await using tcp = await serverCanary({ host: '127.0.0.1', port: 0 })
    await using udp = await udpCanary()
    await using named = await serverCanary({ path: byPath, readableAll: true, writableAll: true })
    await using unnamed = await serverCanary({ path: `\0${abstract}` })
    const address = `('127.0.0.1', ${tcp.port})`
    expect(
      await unbarred(sandbox, 'import asyncio, socket', {
        TCP: `socket.create_connection(${address}, 5)`,
        'TCP by asyncio': `asyncio.new_event_loop().run_until_complete(asyncio.open_connection(*${address}))`,
        UDP: `socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', ${udp.port}))`,
        'a unix socket': `socket.socket(socket.AF_UNIX).connect('${byPath}')`,
        'an abstract socket': `socket.socket(socket.AF_UNIX).connect(b'\\0${abstract}')`,
        'a name server': "socket.getaddrinfo('example.com', 80)",
      }),
    ).toEqual([])
    expect([tcp, udp, named, unnamed].map((canary) => canary.visits())).toEqual([0, 0, 0, 0])
  })

  it('send to an address through the one kind of socket there is', async () => {
    const setup = 'import socket\none, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)'
    expect(
      await unbarred(sandbox, setup, {
        send: "one.sendto(b'x', b'\\0name')",
        'send a message': "one.sendmsg([b'x'], [], 0, b'\\0name')",
        'send a descriptor': "socket.send_fds(one, [b'x'], [0])",
        connect: "one.connect(b'\\0name')",
        bind: "one.bind(b'\\0name')",
        listen: 'one.listen()',
      }),
    ).toEqual([])
  })

  it('open a socket of any family', async () => {
    expect(
      await unbarred(sandbox, 'import socket', {
        TCP: 'socket.socket()',
        IPv6: 'socket.socket(socket.AF_INET6)',
        raw: 'socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)',
        packet: 'socket.socket(socket.AF_PACKET, socket.SOCK_RAW)',
        netlink: 'socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)',
        vsock: 'socket.socket(socket.AF_VSOCK)',
        'kernel crypto': 'socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET)',
        'a pair of another family': 'socket.socketpair(socket.AF_INET)',
        'a server': "socket.create_server(('127.0.0.1', 0))",
      }),
    ).toEqual([])
  })
})

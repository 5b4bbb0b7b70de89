import { expect, test } from 'vitest'
import { DEFAULT_TIMES } from '../ports.ts'
import { answerOf } from '../testing/answers.ts'
import { ALICE, KEY } from '../testing/mounted-gateway.ts'
import { createGateway } from '../gateway.ts'
import { call, rpc } from '../testing/posts.ts'
import { scriptedOrigin } from '../testing/scripted-origin.ts'
import { openSession } from '../testing/session.ts'
import { held } from '../testing/tools.ts'
import { Listeners } from '../serving/listeners.ts'
import { memorySessionRecords } from './memory-session-records.ts'
import { memorySessionHost } from './memory-session-host.ts'

test('a full host drops what is idle, keeps what is busy, and finds the dropped again', async () => {
  const slow = held()
  const origin = scriptedOrigin({ slow: slow.tool })
  const ports = {
    origin,
    identity: { name: 'mcpbox', version: '0.0.0' },
    times: { ...DEFAULT_TIMES, graceMs: 60_000 },
    listeners: new Listeners(),
    onFault: () => {},
    defer: () => {},
  }
  const sessions = memorySessionHost({ ...ports, records: memorySessionRecords() }, 1)
  const gateway = createGateway({ ...ports, sessions, keys: { sessionId: KEY } })
  const busy = await openSession(gateway, ALICE)
  const calling = busy.post(call(7, 'slow'))
  await slow.started
  for (let n = 0; n < 3; n++) {
    const idle = await openSession(gateway, ALICE)
    expect((await idle.post(rpc(1, 'ping'))).status).toBe(200)
    expect((await idle.post(rpc(2, 'ping'))).status).toBe(200)
  }
  const method = 'notifications/cancelled'
  await busy.post({ jsonrpc: '2.0', method, params: { requestId: 7 } })
  expect(await (await calling).text()).toBe('')
  expect(origin.cancelled).toHaveLength(1)
  expect(await answerOf(await busy.post(rpc(8, 'ping')))).toMatchObject({ id: 8, result: {} })
})

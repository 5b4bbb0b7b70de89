import { describe, expect, test } from 'vitest'
import { OriginAway, whoAnswered, whyNobody } from './origin-away.ts'

describe('what answered in the place of the origin tells what is wrong', () => {
  test.each([
    [530, 'tunnel_down', 'start cloudflared'],
    [502, 'origin_down', 'start MCPbox'],
    [503, 'origin_down', 'start MCPbox'],
    [522, 'no_answer', 'check that the machine is on'],
    [524, 'no_answer', 'check that the machine is on'],
    [302, 'access_refused', 'run `npx mcpbox deploy-worker`.'],
    [401, 'access_refused', 'run `npx mcpbox deploy-worker`.'],
    [403, 'access_refused', 'run `npx mcpbox deploy-worker`.'],
  ])('%d: %s', (status, away, advice) => {
    const answered = whoAnswered(new Response(null, { status }), { access: {} })
    expect(answered).toMatchObject({ away, advice: expect.stringContaining(advice) })
  })

  test('where no Access stands before the origin, it did not refuse', () => {
    const answered = whoAnswered(new Response(null, { status: 403 }), { access: null })
    expect(answered.away).toBe('origin_down')
  })

  test('an error of the VPC service is one of the tunnel', () => {
    expect(whyNobody(new Error('ProxyError: dns_error'))).toMatchObject({ away: 'tunnel_down' })
    expect(whyNobody(new TypeError('Network connection lost.'))).toMatchObject({
      away: 'no_answer',
    })
  })
})

test('advice tells nothing of what was in the answer', () => {
  const away = new OriginAway('not_ready', 'password=hunter2')
  expect(away.advice).not.toContain('hunter2')
})

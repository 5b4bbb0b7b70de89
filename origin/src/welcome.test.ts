import { expect, it } from 'vitest'
import { welcome } from './welcome.ts'

const running = {
  adminPort: 3000,
  port: 8000,
  tunnelPort: 8002,
  database: 'embedded',
  setupToken: null,
  confinement: {
    isolation: { level: 'S2' as const, layers: ['uid', 'seccomp'] },
    missing: [
      { layer: 'user_ns', reason: 'Operation not permitted', fix: 'allow user namespaces' },
    ],
    self_test: {
      passed: ['fork', 'ptrace'],
      failed: [],
      checked_at: '2026-01-01T00:00:00.000Z',
    },
  },
}

it('says on start how calls are confined, what was tried, what is missing and what would help', () => {
  const lines = welcome(running, { host: '127.0.0.1', tunnelHost: '127.0.0.1' }).split('\n')
  expect(lines.map((line) => line.trim())).toEqual(
    expect.arrayContaining([
      'Sandbox          isolation S2 (uid, seccomp)',
      '2 attacks tried just now, none worked',
      'without user_ns: Operation not permitted; allow user namespaces',
    ]),
  )
})

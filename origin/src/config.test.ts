import { expect, test } from 'vitest'
import { readConfig } from './config.ts'

test('without settings everything listens on this machine only, with the embedded database', () => {
  expect(readConfig({})).toEqual({
    dataFolder: './data',
    databaseUrl: null,
    databaseDirectUrl: null,
    pool: { size: 20, overflow: 20, timeoutMs: 30_000, recycleMs: 1_800_000 },
    ratePerMinute: 100,
    trustedProxies: [],
    metrics: { enabled: true, token: null },
    breaker: { failures: 5, recoveryMs: 60_000 },
    host: '127.0.0.1',
    port: 8000,
    adminPort: 3000,
    tunnelHost: '127.0.0.1',
    tunnelPort: 8002,
    allowedHosts: [],
    sandboxUrl: null,
    sandboxPort: 8001,
    sandboxMin: 'S2',
    logRetentionDays: 30,
    listing: { management: 'core', mostTools: 100 },
    logLevel: 'info',
  })
})

test('settings are read, and an empty one is as good as none', () => {
  const config = readConfig({
    MCPBOX_DATA: '/data',
    DATABASE_URL: 'postgres://mcpbox@db/mcpbox',
    MCPBOX_PORT: '9000',
    MCPBOX_ALLOWED_HOSTS: ' box.lan, ,box.home ',
    SANDBOX_URL: '',
    LOG_LEVEL: 'warn',
    MCPBOX_LISTED_MANAGEMENT: 'full',
    MCPBOX_MOST_LISTED_TOOLS: '0',
    UNRELATED: 'x',
  })
  expect(config).toMatchObject({
    dataFolder: '/data',
    databaseUrl: 'postgres://mcpbox@db/mcpbox',
    port: 9000,
    allowedHosts: ['box.lan', 'box.home'],
    sandboxUrl: null,
    logLevel: 'warn',
    listing: { management: 'full', mostTools: 0 },
  })
})

test.each([
  ['MCPBOX_PORT', '70000'],
  ['MCPBOX_PORT', 'x'],
  ['MCPBOX_ADMIN_PORT', '-1'],
  ['MCPBOX_TUNNEL_PORT', '80.5'],
  ['DATABASE_URL', 'mysql://mcpbox@db/mcpbox'],
  ['DATABASE_URL', 'mcpbox'],
  ['DB_POOL_SIZE', '0'],
  ['SANDBOX_URL', 'file:///etc/passwd'],
  ['LOG_LEVEL', 'loud'],
  ['LOG_RETENTION_DAYS', '0'],
  ['LOG_RETENTION_DAYS', '3651'],
  ['LOG_RETENTION_DAYS', 'x'],
  ['MCPBOX_LISTED_MANAGEMENT', 'some'],
  ['MCPBOX_MOST_LISTED_TOOLS', '-1'],
])('%s=%s is refused by its name', (name, value) => {
  expect(() => readConfig({ [name]: value })).toThrow(new RegExp(`^${name}: `))
})

test('all wrong settings are named at once, one a line', () => {
  expect(() => readConfig({ MCPBOX_PORT: 'x', LOG_LEVEL: 'loud' })).toThrow(
    /^MCPBOX_PORT: .+\nLOG_LEVEL: .+$/,
  )
})

test('a wrong setting is not repeated: it may hold a password', () => {
  expect(() => readConfig({ DATABASE_URL: 'mysql://mcpbox:hunter2@db' })).not.toThrow(/hunter2/)
})

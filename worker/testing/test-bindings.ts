import { ISSUER, PEOPLE, SERVICES } from './access-team.ts'

/** A whole configuration, of which nothing exists: see outside-service.ts for who answers. */
export const TEST_BINDINGS = {
  AUTH_MODE: 'access',
  PUBLIC_URL: 'https://mcpbox.test',
  ACCESS_ISSUER: ISSUER,
  ACCESS_AUDIENCES: `${PEOPLE},${SERVICES}`,
  ORIGIN_URL: 'https://origin.test',
  ORIGIN_ACCESS_CLIENT_ID: 'worker.access',
  ORIGIN_ACCESS_CLIENT_SECRET: 'what Access before the origin asks for',
  ALLOWED_ORIGINS: 'https://allowed.test',
  RATE_LIMIT_PER_MINUTE: '100',
  SERVICE_TOKEN: 'a service token for tests, of enough length',
  ASSERTION_KEY: 'an assertion key for tests, of enough length',
  SESSION_KEY: 'a session key for tests, which is long enough',
}

import { ISSUER, PEOPLE, SERVICES } from './access-team.ts'

/** A whole configuration, of which nothing exists: see outside-service.ts for who answers. */
export const TEST_BINDINGS = {
  ACCESS_ISSUER: ISSUER,
  ACCESS_AUDIENCES: `${PEOPLE},${SERVICES}`,
  ORIGIN_URL: 'https://origin.test',
  ALLOWED_ORIGINS: 'https://allowed.test',
  SERVICE_TOKEN: 'a service token for tests, of enough length',
  ASSERTION_KEY: 'an assertion key for tests, of enough length',
  SESSION_KEY: 'a session key for tests, which is long enough',
}

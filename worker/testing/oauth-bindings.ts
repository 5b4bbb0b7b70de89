export const IDP = 'https://idp.test'

/** A configuration of `AUTH_MODE=oauth`, on top of the test's other bindings. */
export const OAUTH_BINDINGS = {
  AUTH_MODE: 'oauth',
  OIDC_ISSUER: IDP,
  OIDC_CLIENT_ID: 'the-worker',
  OIDC_CLIENT_SECRET: 'a secret of the client',
  OIDC_AUTHORIZATION_URL: `${IDP}/authorization`,
  OIDC_TOKEN_URL: `${IDP}/token`,
  OIDC_JWKS_URL: `${IDP}/jwks`,
}

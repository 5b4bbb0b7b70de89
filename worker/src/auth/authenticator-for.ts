import type { Config } from '../config.ts'
import { reportFault } from '../log.ts'
import type { Remembered } from '../memory/remembered.ts'
import { AccessAuthenticator } from './access-authenticator.ts'
import type { Authenticator } from './authenticator.ts'
import { IssuerKeys } from './issuer-keys.ts'
import { OAuthAuthenticator } from './oauth/oauth-authenticator.ts'

/** The one way of saying who comes that is configured. */
export function authenticatorFor({ publicUrl, auth }: Config, memory: Remembered): Authenticator {
  const keys = new IssuerKeys(auth.jwksUrl, memory.keysOf(auth.jwksUrl), reportFault)
  switch (auth.mode) {
    case 'access':
      return new AccessAuthenticator(auth, keys)
    case 'oauth':
      return new OAuthAuthenticator(publicUrl, auth, keys)
  }
}

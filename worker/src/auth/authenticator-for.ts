import type { Config } from '../config.ts'
import { reportFault } from '../log.ts'
import type { Remembered } from '../memory/remembered.ts'
import type { BudgetOf } from '../rate/rate-limiter.ts'
import { signInBudget } from '../rate/sign-in-budget.ts'
import { AccessAuthenticator } from './access-authenticator.ts'
import type { Authenticator } from './authenticator.ts'
import { IssuerKeys } from './issuer-keys.ts'
import { OAuthAuthenticator } from './oauth/oauth-authenticator.ts'
import type { UpstreamRenewals } from './oauth/renewal-turn.ts'

/** What ways of saying who comes may need. */
export interface AuthenticatorParts {
  memory: Remembered
  renewals: UpstreamRenewals
  budgetOf: BudgetOf
}

/** The one way of saying who comes that is configured. */
export function authenticatorFor(
  { publicUrl, auth }: Config,
  { memory, renewals, budgetOf }: AuthenticatorParts,
): Authenticator {
  const keys = new IssuerKeys(auth.jwksUrl, memory.keysOf(auth.jwksUrl), reportFault)
  switch (auth.mode) {
    case 'access':
      return new AccessAuthenticator(auth, keys)
    case 'oauth': {
      const signIns = signInBudget(budgetOf, auth.signInsPerDay)
      return new OAuthAuthenticator(publicUrl, auth, { keys, renewals, signIns })
    }
  }
}

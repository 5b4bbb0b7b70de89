/** Why the identity provider did not say who somebody is. */
export interface UpstreamFailure {
  /**
   * - `access_denied`: it says no, or says something that is not to be believed.
   * - `temporarily_unavailable`: it cannot be asked now.
   * - `server_error`: it does not accept this Worker; whoever deploys must look.
   */
  code: 'access_denied' | 'temporarily_unavailable' | 'server_error'
  /** For the client and the person, without details. */
  description: string
  /** For the log. */
  reason: string
}

export function denied(reason: string): UpstreamFailure {
  const description = 'What the sign-in service says about you could not be verified.'
  return { code: 'access_denied', description, reason }
}

export function unreachable(reason: string): UpstreamFailure {
  const description = 'The sign-in service cannot be reached. Try again shortly.'
  return { code: 'temporarily_unavailable', description, reason }
}

export function unusable(reason: string): UpstreamFailure {
  const description = 'The sign-in service did not accept this server, or answered it nonsense.'
  return { code: 'server_error', description, reason }
}

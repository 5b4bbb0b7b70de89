/** Where an authorization endpoint sends the browser (RFC 6749 §4.1.2). */
export function redirectBack(
  redirectUri: string,
  state: string | undefined,
  answer: { code: string } | { error: string; error_description?: string },
): string {
  const url = new URL(redirectUri)
  for (const [name, value] of Object.entries({ ...answer, ...(state !== undefined && { state }) }))
    url.searchParams.set(name, value)
  return url.href
}

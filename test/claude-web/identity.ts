/** How Claude Web says who it is. */
export const USER_AGENT = 'Claude-User'
export const CALLBACK = 'https://claude.ai/api/mcp/auth_callback'
export const CLIENT_INFO = { name: 'Anthropic/ClaudeAI', version: '1.0.0' }
export const CAPABILITIES = { extensions: { 'io.modelcontextprotocol/ui': {} } }

/** Its client metadata document (CIMD), at the address that is its client id. */
export const CLIENT_ID_URL = 'https://claude.ai/oauth/mcp-oauth-client-metadata'
export const CLIENT_DOCUMENT = {
  client_id: CLIENT_ID_URL,
  client_name: 'Claude',
  client_uri: 'https://claude.ai',
  redirect_uris: [CALLBACK],
  grant_types: [
    'authorization_code',
    'refresh_token',
    'urn:ietf:params:oauth:grant-type:jwt-bearer',
  ],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
}

/** KV takes no longer keys (Workers KV, limits), and throws at them. */
const LONGEST_KEY_BYTES = 512

/** The environment that the library reads, and nothing else of it. */
export interface GrantStorage {
  OAUTH_KV: Pick<KVNamespace, 'get' | 'put' | 'delete' | 'list'>
}

/**
 * Clients, grants and tokens in KV. Keys are made of what clients send: one that is too long to
 * exist is not found, instead of a failure.
 */
export function grantStorage(kv: KVNamespace): GrantStorage {
  async function get(key: string, options?: KVNamespaceGetOptions<'text'>): Promise<string | null> {
    return new TextEncoder().encode(key).length > LONGEST_KEY_BYTES ? null : kv.get(key, options)
  }
  return {
    OAUTH_KV: {
      get: get as KVNamespace['get'],
      put: kv.put.bind(kv),
      delete: kv.delete.bind(kv),
      list: kv.list.bind(kv),
    },
  }
}

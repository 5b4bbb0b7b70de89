import { z } from 'zod'
import { ensure } from '../ensure.ts'
import type { Run } from '../run.ts'

const Namespace = z
  .object({ id: z.string(), title: z.string() })
  .transform(({ id, title }) => ({ id, name: title, title }))

/** Where the Worker's own OAuth server keeps its clients and grants. */
export async function ensureKvNamespace(run: Run, name: string): Promise<{ id: string }> {
  const { cloudflare, account, records } = run
  const namespaces = `/accounts/${account}/storage/kv/namespaces`
  const namespace = await ensure(run, {
    part: 'kv_namespace',
    name,
    find: () => cloudflare.list(namespaces, Namespace),
    make: () =>
      cloudflare.write({ method: 'POST', path: namespaces, body: { title: name } }, Namespace, {
        id: '<kv namespace>',
        name,
        title: name,
      }),
    wrong: () => null,
    change: async (found) => found,
  })
  await records.made('kv_namespace', { id: namespace.id, name: namespace.name })
  return namespace
}

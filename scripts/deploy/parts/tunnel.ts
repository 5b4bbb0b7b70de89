import { z } from 'zod'
import { ensure } from '../ensure.ts'
import type { Run } from '../run.ts'

const Tunnel = z.object({ id: z.string(), name: z.string() })

/** The tunnel that cloudflared at home keeps open. Its token is kept for cloudflared, and never shown. */
export async function ensureTunnel(run: Run, name: string): Promise<{ id: string }> {
  const { cloudflare, account, records } = run
  const tunnels = `/accounts/${account}/cfd_tunnel`
  const tunnel = await ensure(run, {
    part: 'tunnel',
    name,
    find: () => cloudflare.list(`${tunnels}?is_deleted=false`, Tunnel),
    make: () =>
      cloudflare.write(
        { method: 'POST', path: tunnels, body: { name, config_src: 'cloudflare' } },
        Tunnel,
        { id: '<tunnel>', name },
      ),
    wrong: () => null,
    change: async (found) => found,
  })
  const token = await cloudflare.get(
    `${tunnels}/${tunnel.id}/token`,
    z.string(),
    '<token of the tunnel>',
  )
  await records.made('tunnel', { id: tunnel.id, name: tunnel.name, token })
  return tunnel
}

import { ENDPOINTS } from '#contract/admin-door/endpoints.ts'
import type { SettingView } from '#contract/admin-door/settings.ts'
import type { AdminClient } from './admin-client.ts'

export async function listSettings(client: AdminClient): Promise<void> {
  for (const setting of (await client.call(ENDPOINTS.listSettings, {})).items)
    console.log(shown(setting))
}

/** @param typed `default` for what it is while nobody has changed it */
export async function changeSetting(
  client: AdminClient,
  name: string,
  typed: string,
): Promise<void> {
  const written: unknown = /^(true|false|\d{1,9})$/.test(typed) ? JSON.parse(typed) : typed
  const asked = { params: { name }, body: { value: typed === 'default' ? null : written } }
  console.log(shown(await client.edit(ENDPOINTS.getSetting, ENDPOINTS.changeSetting, asked)))
}

/** @param typed a policy, or `inherit` for the one of all servers */
export async function changeServerPolicy(
  client: AdminClient,
  server: string,
  typed: string,
): Promise<void> {
  const asked = { params: { server }, body: { own: typed === 'inherit' ? null : typed } }
  const { getServerPolicy, changeServerPolicy: change } = ENDPOINTS
  const { own, in_force: policy } = await client.edit(getServerPolicy, change, asked)
  console.log(`${server}: ${policy}${own === null ? ', as all servers' : ', its own'}`)
}

function shown({ name, value, default: usual, changed }: SettingView): string {
  return `${name.padEnd(20)} ${value}${changed ? ` (default ${usual})` : ''}`
}

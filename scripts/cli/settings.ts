import { ENDPOINTS } from '#contract/admin-door/endpoints.ts'
import type { AdminClient } from './admin-client.ts'

/** What can be set, and to what it is. */
export async function listSettings(client: AdminClient): Promise<void> {
  const { items } = await client.call(ENDPOINTS.listSettings, { query: { limit: 500 } })
  for (const { name, value, changed } of items)
    console.log(`${name.padEnd(30)}  ${value}${changed ? '' : ' (default)'}`)
}

/** Changes a setting; `default` is what it was before anybody changed it. */
export async function setSetting(client: AdminClient, name: string, text: string): Promise<void> {
  const { value } = await client.call(ENDPOINTS.changeSetting, {
    params: { name },
    body: { value: text === 'default' ? null : valueOf(text) },
  })
  console.log(`${name} is ${value}.`)
}

/** A number, yes or no as JSON; anything else is what it is, and the admin door says what is wrong. */
function valueOf(text: string): unknown {
  return /^(true|false|\d{1,9})$/.test(text) ? JSON.parse(text) : text
}

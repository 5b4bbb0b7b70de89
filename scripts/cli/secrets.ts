import { text } from 'node:stream/consumers'
import { ENDPOINTS } from '#contract/admin-door/endpoints.ts'
import type { AdminClient } from './admin-client.ts'
import { ask } from './ask.ts'
import { visibleLine } from '#contract/visible-text.ts'

/** Names of a server's secrets, whether each has a value, and who changed it last. */
export async function listSecrets(client: AdminClient, server: string): Promise<void> {
  const { items } = await client.call(ENDPOINTS.listSecrets, {
    params: { server },
    query: { limit: 500 },
  })
  if (items.length === 0) console.log(`The server ${server} has no secrets.`)
  for (const secret of items)
    console.log(
      visibleLine(
        [
          secret.name.padEnd(30),
          secret.has_value ? 'set    ' : 'NOT SET',
          `${secret.updated_at} by ${secret.updated_by}`,
          secret.description,
        ].join('  '),
      ),
    )
}

/**
 * Sets a secret to what is typed, unseen, or to all of standard input. A value is no argument: those are
 * seen by every program of the machine.
 */
export async function setSecret(client: AdminClient, server: string, name: string): Promise<void> {
  const value = process.stdin.isTTY
    ? await ask(`Value of ${name}: `, true)
    : (await text(process.stdin)).replace(/\r?\n$/, '')
  await client.call(ENDPOINTS.setSecret, { params: { server, name }, body: { value } })
  console.log(`${name} of ${server} is set.`)
}

export async function deleteSecret(
  client: AdminClient,
  server: string,
  name: string,
): Promise<void> {
  await client.call(ENDPOINTS.removeSecret, { params: { server, name } })
  console.log(`${name} of ${server} is forgotten.`)
}

/** Makes a link behind which whoever has it can set the secret, once. */
export async function linkSecret(client: AdminClient, server: string, name: string): Promise<void> {
  const { url, expires_at: until } = await client.call(ENDPOINTS.makeSecretLink, {
    params: { server, name },
  })
  console.log(url)
  console.error(`Good once, until ${until}.`)
}

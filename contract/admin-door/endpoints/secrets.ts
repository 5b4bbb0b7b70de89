import { z } from 'zod'
import { Name, SecretName } from '../../names.ts'
import { pageQuery } from '../page.ts'
import { SecretChange, SecretLinkMade, SecretList, SecretValue, SecretView } from '../secrets.ts'
import { endpoint } from '../endpoint.ts'

const paged = z.strictObject(pageQuery)
const server = { server: Name }
const secret = { server: Name, name: SecretName }

/** Secrets, whose values only go in. */
export const SECRET_ENDPOINTS = {
  listSecrets: endpoint({
    method: 'get',
    path: '/api/servers/{server}/secrets',
    summary: 'A server’s secrets, by name, never their values',
    params: server,
    query: paged,
    answer: SecretList,
  }),
  getSecret: endpoint({
    method: 'get',
    path: '/api/servers/{server}/secrets/{name}',
    summary: 'One secret, never its value',
    params: secret,
    answer: SecretView,
    etag: true,
  }),
  setSecret: endpoint({
    method: 'put',
    path: '/api/servers/{server}/secrets/{name}',
    summary: 'Sets a secret’s value; makes the secret where there is none',
    params: secret,
    body: SecretValue,
  }),
  describeSecret: endpoint({
    method: 'patch',
    path: '/api/servers/{server}/secrets/{name}',
    summary: 'Changes a secret’s description',
    params: secret,
    body: SecretChange,
    answer: SecretView,
    etag: true,
    ifMatch: true,
  }),
  removeSecret: endpoint({
    method: 'delete',
    path: '/api/servers/{server}/secrets/{name}',
    summary: 'Forgets a secret and its value',
    params: secret,
  }),
  makeSecretLink: endpoint({
    method: 'post',
    path: '/api/servers/{server}/secrets/{name}/links',
    summary: 'Makes a link behind which the value can be set, once, within half an hour',
    params: secret,
    answer: SecretLinkMade,
    status: 201,
  }),
  showSecretLink: endpoint({
    method: 'get',
    path: '/secret-links/{token}',
    summary: 'The page behind a one-time link, on which a secret can be typed',
    access: 'anyone',
    params: { token: z.string() },
    status: 200,
    type: 'text/html',
  }),
  submitSecretLink: endpoint({
    method: 'post',
    path: '/secret-links/{token}',
    summary: 'What that page sends',
    access: 'anyone',
    params: { token: z.string() },
    status: 200,
    type: 'text/html',
  }),
}

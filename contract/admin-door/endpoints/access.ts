import { z } from 'zod'
import { LoginRequest, LoginResponse, SetupRequest, Username } from '../../admin-api.ts'
import { pageQuery } from '../page.ts'
import { PasswordChange, SignInList } from '../sign-ins.ts'
import { endpoint } from '../endpoint.ts'

const paged = z.strictObject(pageQuery)

/** The first admin, and signing in and out. */
export const ACCESS_ENDPOINTS = {
  showSetup: endpoint({
    method: 'get',
    path: '/setup',
    summary: 'The page on which the first admin chooses a password',
    access: 'anyone',
    status: 200,
    type: 'text/html',
  }),
  submitSetup: endpoint({
    method: 'post',
    path: '/setup',
    summary: 'What that page sends',
    access: 'anyone',
    status: 201,
    type: 'text/html',
  }),
  getSetupStatus: endpoint({
    method: 'get',
    path: '/auth/status',
    summary: 'Whether there is an admin yet',
    access: 'anyone',
    answer: z.object({ setup_required: z.boolean() }),
  }),
  setUp: endpoint({
    method: 'post',
    path: '/auth/setup',
    summary: 'Makes the first admin, once',
    access: 'anyone',
    body: SetupRequest,
    answer: z.object({ username: Username }),
    status: 201,
  }),
  signIn: endpoint({
    method: 'post',
    path: '/auth/login',
    summary: 'Signs in: sets the cookie, and gives a bearer for scripts',
    access: 'anyone',
    body: LoginRequest,
    answer: LoginResponse,
  }),
  getMe: endpoint({
    method: 'get',
    path: '/auth/me',
    summary: 'Who is signed in',
    answer: z.object({ username: z.string() }),
  }),
  signOut: endpoint({ method: 'post', path: '/auth/logout', summary: 'Ends this sign-in' }),
  changePassword: endpoint({
    method: 'post',
    path: '/auth/password',
    summary: 'Changes one’s own password, and ends all other sign-ins',
    body: PasswordChange,
  }),
  listSignIns: endpoint({
    method: 'get',
    path: '/api/sign-ins',
    summary: 'One’s own sign-ins, newest first',
    query: paged,
    answer: SignInList,
  }),
  endSignIn: endpoint({
    method: 'delete',
    path: '/api/sign-ins/{id}',
    summary: 'Ends one of one’s own sign-ins',
    params: { id: z.uuid() },
  }),
}

import { z } from 'zod'
import { Password } from '../admin-api.ts'
import { ClientInfo } from '../operation.ts'
import { pageOf } from './page.ts'

/** `POST /auth/password`: ends all other sign-ins. */
export const PasswordChange = z.strictObject({ current: z.string().max(200), next: Password })

/** One sign-in of the admin who asks. */
export const SignInView = z.object({
  id: z.uuid(),
  address: z.string(),
  client: ClientInfo.nullable(),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  /** The one that is asked with. */
  current: z.boolean(),
})
export type SignInView = z.infer<typeof SignInView>
/** Newest first. */
export const SignInList = pageOf(SignInView)

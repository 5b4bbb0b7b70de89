import { html } from 'hono/html'
import { z } from 'zod'
import type { People, Person } from './people.ts'

/** The page at which a person says who they are, and that they want this, or that they do not. */
export function signInPage(application: string) {
  return html`<!doctype html>
    <title>Sign in</title>
    <h1>${application}</h1>
    <form method="post">
      <label>Who are you? <input name="who" /></label>
      <button name="answer" value="allow">Sign in</button>
      <button name="answer" value="deny">Cancel</button>
    </form>`
}

const Answer = z.object({ who: z.string().default(''), answer: z.enum(['allow', 'deny']) })

/** A person, `declined`, or `unknown` when the policies let nobody of that name in. */
export function readSignIn(form: unknown, people: People): Person | 'declined' | 'unknown' {
  const { who, answer } = Answer.parse(form)
  if (answer === 'deny') return 'declined'
  return people.find(who) ?? 'unknown'
}

/** What somebody reads whom no policy lets in. */
export const NO_ACCESS = 'That account does not have access.'

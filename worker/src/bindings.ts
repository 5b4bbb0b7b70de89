import { z } from 'zod'

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** True for this very machine, as a URL names it. */
export function isLoopback(url: string): boolean {
  return LOOPBACK.has(URL.parse(url)?.hostname ?? '')
}

/** HTTPS, or plain HTTP to this very machine (a test issuer, an origin beside `wrangler dev`). */
export const ServiceUrl = z
  .url({ protocol: /^https?$/, abort: true })
  .refine(
    (text) => new URL(text).protocol === 'https:' || isLoopback(text),
    'must be https, or http on localhost',
  )

/** For `refine`: a URL without a path, query or slash at its end. */
export const originOnly = [
  (text: string) => URL.parse(text)?.origin === text,
  'must end after the host',
] as const

/** Secrets that both ends know. */
export const Secret = z.string().min(32)

/** A list of texts, with commas between. */
export const List = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
)

/** A binding that is an object with this method, such as a service or a namespace. */
export function bound<T>(method: string & keyof T) {
  return z.custom<T>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      typeof Reflect.get(value, method) === 'function',
    'must be bound',
  )
}

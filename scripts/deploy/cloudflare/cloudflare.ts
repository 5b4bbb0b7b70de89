import type { z } from 'zod'

/** What is asked of Cloudflare's API. Paths are below its root, such as `/accounts`. */
export interface Cloudflare {
  /**
   * One thing; null when it is not there (404).
   * @param pretend what a rehearsal answers in its place
   */
  get<T>(path: string, schema: z.ZodType<T>, pretend?: T): Promise<T | null>
  /** All pages of a list. */
  list<T>(path: string, schema: z.ZodType<T>): Promise<T[]>
  /** Changes something. Never repeated by itself. */
  write<T>(call: Write, schema: z.ZodType<T>, pretend: T): Promise<T>
}

export interface Write {
  method: 'POST' | 'PUT' | 'DELETE'
  path: string
  body?: unknown
}

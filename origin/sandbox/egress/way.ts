import type { Cover } from './approval.ts'
import type { Header } from './headers.ts'
import type { Target } from './target.ts'

/** A request that the manifest covers, with secrets filled in. */
export type Checked = {
  target: Target
  cover: Cover
  method: string
  headers: readonly Header[]
  body: Buffer | null
}

/** An answer as it came. Its end, also an early one, is said by `close`. */
export type Carried = {
  status: number
  /** As Node lists them: names and values by turns. */
  rawHeaders: readonly string[]
  location: string | null
  encoding: string | null
  body: AsyncIterable<Buffer>
  close: () => void
}

/** How requests are answered, once it is clear that they may be made. */
export type Way = {
  /** `leaving` is called when it goes out. Rejects with Refused, or with the reason of the signal. */
  carry(request: Checked, leaving: () => void, signal: AbortSignal): Promise<Carried>
}

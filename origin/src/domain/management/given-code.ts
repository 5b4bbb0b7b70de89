import { z } from 'zod'
import { MAX_CODE_BYTES } from '#contract/limits.ts'
import type { Name } from '#contract/names.ts'
import type { Call } from '../operations/call.ts'
import { refuse } from '../refusal.ts'
import type { Stores } from '../stores.ts'
import type { Upload } from '../tools/code-parts.ts'
import * as inputs from './inputs.ts'
import { told } from './management-tool.ts'
import { bytesOf, textOf, type WrittenCode, writtenCode } from './written-code.ts'

/** How long parts of code wait for the others, from when the last one came. */
const KEPT_MS = 3_600_000
const MOST_PARTS = 50

/** Beside `code`, for those who cannot send it as it is, or at once. */
export const otherwise = {
  code_base64: inputs.codeBase64.optional(),
  part: z.int().min(1).max(MOST_PARTS).optional().describe('this `code` is part 1… of `of`'),
  of: z.int().min(1).max(MOST_PARTS).optional(),
}

interface GivenCode extends WrittenCode {
  part?: number | undefined
  of?: number | undefined
}

/** A part of code, of which others are still to come. */
interface PartOfCode {
  upload: Upload
  number: number
  bytes: Uint8Array
}

/** What came of code for a tool: all of it, if any was given, or no more than a part. */
export type Given =
  | { part: null; code: string | undefined; upload: Upload | null }
  | { part: PartOfCode }

/**
 * The code that was given for a tool: at once, or in parts of which this is the last to come.
 * @throws Refusal invalid_arguments, code_invalid
 */
export async function givenCode(
  { stores, by }: Pick<Call, 'stores' | 'by'>,
  { server, name: tool }: { server: Name; name: Name },
  given: GivenCode,
): Promise<Given> {
  const { part: number, of } = given
  if (number === undefined && of === undefined)
    return { part: null, code: writtenCode(given), upload: null }
  if (number === undefined || of === undefined || number > of)
    return refuse('invalid_arguments', '`part` and `of` go together: part 2 of 3.')
  const upload = { by, server, tool, of }
  const parts = await stores.codeParts.parts(upload)
  parts.set(number, pieceOf(given))
  const size = [...parts.values()].reduce((sum, { length }) => sum + length, 0)
  if (size > MAX_CODE_BYTES)
    return refuse(
      'code_invalid',
      `The parts of the code are ${size} bytes long together; the limit is ${MAX_CODE_BYTES}.`,
    )
  if (parts.size < of) return { part: { upload, number, bytes: pieceOf(given) } }
  const inOrder = [...parts].sort(([a], [b]) => a - b).map(([, bytes]) => bytes)
  return { part: null, code: textOf(Buffer.concat(inOrder), 'code'), upload }
}

/** Keeps a part, and ends the call by saying which are missing. */
export async function keepPart(
  call: Pick<Call, 'finish'>,
  { upload, number, bytes }: PartOfCode,
): Promise<void> {
  await call.finish(async ({ codeParts }) => {
    await codeParts.keep(upload, { number, bytes, ms: KEPT_MS })
    const parts = await codeParts.parts(upload)
    const missing = Array.from({ length: upload.of }, (_, at) => at + 1).filter(
      (one) => !parts.has(one),
    )
    return told({
      missing_parts: missing,
      next:
        missing.length === 0
          ? 'All parts are here, but came at the same moment: send any of them again.'
          : `Part ${number} of ${upload.of} is kept for an hour. Send part ${missing.join(', ')} with the same call; the last one stores the code.`,
    })
  })
}

/** Forgets the parts that the code came in, once it is stored. */
export async function forgetParts(
  { codeParts }: Pick<Stores, 'codeParts'>,
  upload: Upload | null,
): Promise<void> {
  if (upload !== null) await codeParts.forget(upload)
}

function pieceOf({ code, code_base64: encoded }: GivenCode): Uint8Array {
  if (code !== undefined && encoded !== undefined)
    return refuse('invalid_arguments', 'Give `code` or `code_base64`, not both.')
  if (encoded !== undefined) return bytesOf('code_base64', encoded)
  return code === undefined
    ? refuse('invalid_arguments', 'A part holds `code` or `code_base64`.')
    : Buffer.from(code)
}

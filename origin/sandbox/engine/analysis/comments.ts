import type { Comment } from '@babel/types'

/** A JSDoc comment in parts. */
export type Doc = {
  /** Its first paragraph, on one line; null when there is none. */
  summary: string | null
  /** Texts of `@param`, by name; `args.city` is there as `city`. */
  params: ReadonlyMap<string, string>
}

type Commented = { leadingComments?: readonly Comment[] | null }

const PARAM = /^@param\s+(?:\{[^}]*\}\s*)?\[?([\w$.]+)(?:=[^\]]*)?\]?\s*(?:-\s*)?(.*)$/

/** The JSDoc comment right before a node. */
export function docOf(node: Commented): Doc {
  const comment = (node.leadingComments ?? []).findLast(
    ({ type, value }) => type === 'CommentBlock' && value.startsWith('*'),
  )
  return read(comment?.value.slice(1) ?? '')
}

function read(text: string): Doc {
  const lines = text.split('\n').map((line) => line.replace(/^\s*\*?\s?/, '').trim())
  const firstTag = lines.findIndex((line) => line.startsWith('@'))
  const prose = firstTag < 0 ? lines : lines.slice(0, firstTag)
  const params = new Map<string, string>()
  let current: string | null = null
  for (const line of firstTag < 0 ? [] : lines.slice(firstTag)) {
    const [, name, said] = PARAM.exec(line) ?? []
    if (name !== undefined) {
      current = name.slice(name.indexOf('.') + 1)
      params.set(current, said ?? '')
    } else if (line.startsWith('@')) current = null
    else if (current !== null) params.set(current, `${params.get(current) ?? ''} ${line}`.trim())
  }
  const [summary = ''] = prose
    .join('\n')
    .trim()
    .split(/\n\s*\n/)
  return { summary: summary.replaceAll(/\s+/g, ' ').trim() || null, params }
}

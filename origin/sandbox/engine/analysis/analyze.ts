import { isBuiltin } from 'node:module'
import { parse } from '@babel/parser'
import type { File } from '@babel/types'
import { docOf } from './comments.ts'
import { scopeOf } from './scope.ts'
import { inputSchema, mainOf, outputSchema } from './signature.ts'
import { Unreadable } from './unreadable.ts'
import { usesOf } from './uses.ts'

/** What the process says of a text (SaidAnalysis in origin/sandbox/calls/said-uses.ts). */
type Said = { valid: boolean; [part: string]: unknown }

/** What a tool's text tells without running it. Every text gets an answer. */
export function analyze(code: string): Said {
  try {
    return describe(parse(code, { sourceType: 'module', plugins: ['typescript'] }))
  } catch (error) {
    if (error instanceof Unreadable) return invalid(error.message, error.line)
    if (error instanceof RangeError) return invalid('the code nests too deeply to be read', null)
    if (!(error instanceof SyntaxError)) throw error
    const { loc } = error as SyntaxError & { loc?: { line: number } }
    return invalid(error.message.replace(/ \(\d+:\d+\)$/, ''), loc?.line ?? null)
  }
}

function describe(file: File): Said {
  const main = mainOf(file)
  const scope = scopeOf(file)
  const [first] = file.program.body
  const imports = importsOf(file)
  return {
    valid: true,
    input_schema: inputSchema(scope, main),
    output_schema: outputSchema(scope, main),
    description: main.doc.summary ?? (first === undefined ? null : docOf(first).summary),
    imports,
    uses: usesOf(file, imports),
  }
}

function importsOf(file: File): string[] {
  const names = new Set<string>()
  for (const node of file.program.body) {
    const from = 'source' in node ? node.source : null
    if (from === null || from === undefined) continue
    if (!isBuiltin(from.value)) {
      const why = 'a tool is a single file without npm packages; it imports modules of Node only'
      throw new Unreadable(`${from.value}: ${why}`, node)
    }
    names.add(from.value)
  }
  return [...names].sort()
}

function invalid(message: string, line: number | null): Said {
  return { valid: false, message, line }
}

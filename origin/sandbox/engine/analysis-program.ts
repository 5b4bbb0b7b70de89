import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Program, programOf } from './program.ts'

const PARSER = '@babel/parser'

/** What a confined Node is given to read code with: our modules, and the parser's one. */
export async function analysisProgram(): Promise<Program> {
  const parser = await readFile(fileURLToPath(import.meta.resolve(PARSER)), 'utf8')
  return { ...(await programOf('analysis')), [PARSER]: parser }
}

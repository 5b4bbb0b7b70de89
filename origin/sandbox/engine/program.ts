import { readdir, readFile } from 'node:fs/promises'
import { strip } from './strip.ts'

/** Modules as JavaScript, by the name that they import each other by. */
export type Program = Record<string, string>

/** Our own texts, on whatever machine. */
const LIMIT_MS = 30_000

/** The modules of a folder beside this file, as text for a process that sees no files. */
export async function programOf(folder: 'inside' | 'analysis'): Promise<Program> {
  const place = new URL(`./${folder}/`, import.meta.url)
  const names = (await readdir(place)).filter((name) => /(?<!\.test)\.ts$/.test(name))
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, place), 'utf8')))
  const stripped = await strip(texts, { limitMs: LIMIT_MS, signal: new AbortController().signal })
  return Object.fromEntries(
    names.map((name, at) => {
      const one = stripped?.[at]
      if (one === undefined || !('code' in one)) throw new Error(`${name} is no TypeScript`)
      return [`./${name}`, one.code]
    }),
  )
}

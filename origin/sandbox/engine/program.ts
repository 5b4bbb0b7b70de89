import { readdirSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'

const FOLDER = new URL('./inside/', import.meta.url)

/** The modules that run inside a confined Node, as JavaScript, by the name they import each other. */
export function program(): Record<string, string> {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.ts'))
  return Object.fromEntries(names.map((name) => [`./${name}`, textOf(name)]))
}

function textOf(name: string): string {
  return stripTypeScriptTypes(readFileSync(new URL(name, FOLDER), 'utf8'))
}

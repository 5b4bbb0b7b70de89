import { ACTIONS, type Action } from './actions.ts'
import { HANDMADE } from './handmade.ts'
import { SERVICES, type Service } from './services.ts'

/** A tool of the made-up catalog. */
export interface CatalogTool {
  server: string
  /** What is said of its server. */
  about: string
  name: string
  description: string
  /** Descriptions by name; all of them are text. */
  args: { [name: string]: string }
  required: string[]
  effect: 'read' | 'write' | 'destructive'
}

/** 5,000 tools, always the same: those of a household, and what one can do with the things of services. */
export function catalogTools(): CatalogTool[] {
  const made = SERVICES.flatMap((service, n) =>
    service.nouns.flatMap((noun, m) =>
      ACTIONS.map((action, k) => toolOf(service, noun, action, n + m + k)),
    ),
  )
  return [...HANDMADE, ...made]
}

function toolOf(service: Service, noun: string, action: Action, turn: number): CatalogTool {
  const { verb, isPlural, says, args, required, effect } = action
  const it = noun.replaceAll('_', ' ')
  const description = (says[turn % says.length] ?? '')
    .replace('{it}', it)
    .replace('{them}', plural(it))
    .replace('{in}', service.title)
  return {
    server: service.server,
    about: `${service.title}: ${service.about}`,
    name: `${verb}_${isPlural ? plural(noun) : noun}`,
    description,
    args,
    required,
    effect,
  }
}

function plural(word: string): string {
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`
  return /(?:s|x|ch|sh)$/.test(word) ? `${word}es` : `${word}s`
}

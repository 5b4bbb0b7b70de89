import type { Language } from './sandbox.ts'

/**
 * What a tool may import without asking, by its language: what the sandbox offers, in words for
 * authors. What is beneath a module comes with it.
 */
export const DEFAULT_MODULES: Record<Language, readonly string[]> = {
  python: words(`
    __future__ abc array asyncio base64 binascii bisect calendar cmath codecs collections colorsys
    concurrent.futures contextlib contextvars copy csv dataclasses datetime decimal difflib enum
    fractions functools graphlib hashlib heapq hmac html inspect io ipaddress itertools json
    keyword logging math numbers operator pprint queue random re reprlib secrets statistics string
    stringprep struct textwrap threading time traceback types typing unicodedata urllib.error
    urllib.parse urllib.request uuid warnings weakref xml.etree.ElementTree zlib zoneinfo`),
  typescript: words(`
    assert buffer crypto events path querystring stream stream/promises string_decoder timers
    timers/promises url util util/types zlib`),
}

/** Modules that come with every tool and have no place in a manifest. */
const OURS: Record<Language, readonly string[]> = { python: ['mcpbox'], typescript: [] }

/** Whether a tool may import this without asking. */
export function isDefaultModule(language: Language, name: string): boolean {
  const plain = language === 'typescript' ? name.replace(/^node:/, '') : name
  return [...DEFAULT_MODULES[language], ...OURS[language]].some(
    (module) => plain === module || (language === 'python' && plain.startsWith(`${module}.`)),
  )
}

function words(text: string): string[] {
  return text.trim().split(/\s+/)
}

/** A form as a browser finds it in a page. */
export interface HtmlForm {
  /** As it stands there; empty for the page's own address. */
  action: string
  method: 'GET' | 'POST'
  /** Names and values of the inputs that are no buttons, as they would be sent untouched. */
  fields: [name: string, value: string][]
  buttons: { name: string; value: string; text: string }[]
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** Inputs that are sent only when they are ticked. */
const TICKED = new Set(['checkbox', 'radio'])

/** Every form of a page. Reads the HTML that our own pages are written in, not all there is. */
export function formsIn(page: string): HtmlForm[] {
  return [...page.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)].map(
    ([, tag = '', body = '']) => {
      const inputs = [...body.matchAll(/<input\b([^>]*)>/gi)].map(([, input = '']) => input)
      const isButton = (input: string) => attribute(input, 'type') === 'submit'
      const isField = (input: string) =>
        attribute(input, 'name') !== '' &&
        !isButton(input) &&
        (!TICKED.has(attribute(input, 'type')) || /\bchecked\b/i.test(input))
      return {
        action: attribute(tag, 'action'),
        method: attribute(tag, 'method').toUpperCase() === 'POST' ? 'POST' : 'GET',
        fields: inputs
          .filter(isField)
          .map((input): [string, string] => [attribute(input, 'name'), attribute(input, 'value')]),
        buttons: [
          ...[...body.matchAll(/<button\b([^>]*)>([\s\S]*?)<\/button>/gi)].map(
            ([, button = '', text = '']) => buttonOf(button, textOf(text)),
          ),
          ...inputs.filter(isButton).map((input) => buttonOf(input, attribute(input, 'value'))),
        ],
      }
    },
  )
}

/** What a person reads of a page. */
export function textOf(page: string): string {
  const visible = page.replaceAll(/<(style|script)\b[\s\S]*?<\/\1>/gi, '')
  return decoded(visible.replaceAll(/<[^>]*>/g, ' '))
    .replaceAll(/\s+/g, ' ')
    .trim()
}

/** Where a page sends the browser by itself (WHATWG HTML, meta refresh); null for most. */
export function refreshIn(page: string): string | null {
  for (const [, meta = ''] of page.matchAll(/<meta\b([^>]*)>/gi)) {
    if (attribute(meta, 'http-equiv').toLowerCase() !== 'refresh') continue
    return /^\s*\d+\s*;\s*url=(.+)$/i.exec(attribute(meta, 'content'))?.[1] ?? null
  }
  return null
}

function buttonOf(tag: string, text: string) {
  return { name: attribute(tag, 'name'), value: attribute(tag, 'value'), text }
}

function attribute(tag: string, name: string): string {
  const found = new RegExp(
    `(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`,
    'i',
  ).exec(tag)
  return decoded(found?.[1] ?? found?.[2] ?? found?.[3] ?? '')
}

function decoded(text: string): string {
  return text.replaceAll(/&(#x?[0-9a-f]+|[a-z]+);/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name.toLowerCase()] ?? whole
    const code = name[1]?.toLowerCase() === 'x' ? `0${name.slice(1)}` : name.slice(1)
    return String.fromCodePoint(Number(code))
  })
}

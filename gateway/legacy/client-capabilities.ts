import type { ClientCapabilities } from '@modelcontextprotocol/server'

/**
 * What a client can do for us, one bit each; the order is part of every session id ever issued,
 * so that names are only ever added at the end.
 */
const BITS = [
  'roots',
  'roots.listChanged',
  'sampling',
  'sampling.context',
  'sampling.tools',
  'elicitation',
  'elicitation.form',
  'elicitation.url',
] as const

/** Packs the capabilities that a server acts on; what it does not know is left out. */
export function packCapabilities(capabilities: ClientCapabilities): number {
  const { roots, sampling, elicitation } = capabilities
  const has: Record<(typeof BITS)[number], boolean> = {
    roots: roots !== undefined,
    'roots.listChanged': roots?.listChanged === true,
    sampling: sampling !== undefined,
    'sampling.context': sampling?.context !== undefined,
    'sampling.tools': sampling?.tools !== undefined,
    elicitation: elicitation !== undefined,
    'elicitation.form': elicitation?.form !== undefined,
    'elicitation.url': elicitation?.url !== undefined,
  }
  return BITS.reduce((bits, name, at) => bits | (has[name] ? 1 << at : 0), 0)
}

/** The capabilities that {@link packCapabilities} packed. */
export function unpackCapabilities(bits: number): ClientCapabilities {
  const has = (name: (typeof BITS)[number]) => (bits & (1 << BITS.indexOf(name))) !== 0
  return {
    ...(has('roots') && { roots: { listChanged: has('roots.listChanged') } }),
    ...(has('sampling') && {
      sampling: {
        ...(has('sampling.context') && { context: {} }),
        ...(has('sampling.tools') && { tools: {} }),
      },
    }),
    ...(has('elicitation') && {
      elicitation: {
        ...(has('elicitation.form') && { form: {} }),
        ...(has('elicitation.url') && { url: {} }),
      },
    }),
  }
}

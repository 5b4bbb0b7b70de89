/** The person who runs a deployment. */
export interface Terminal {
  say: (text: string) => void
  /** Null when there is nobody to ask. */
  ask: ((question: string) => Promise<string>) | null
}

const SHOWN = '••••'

/** A terminal that shows none of the secrets it was told of, wherever they come from. */
export interface DiscreetTerminal extends Terminal {
  hide: (secret: string | null) => void
  /** A text without them. */
  covered: (text: string) => string
}

export function discreet(terminal: Terminal): DiscreetTerminal {
  const secrets = new Set<string>()
  const covered = (text: string) => {
    let shown = text
    for (const secret of secrets) shown = shown.replaceAll(secret, SHOWN)
    return shown
  }
  const { ask } = terminal
  return {
    hide: (secret) => {
      // What is shorter is no secret of Cloudflare's or ours, and would black out plain words.
      if (secret !== null && secret.length >= 16) secrets.add(secret)
    },
    covered,
    say: (text) => terminal.say(covered(text)),
    ask: ask === null ? null : (question) => ask(covered(question)),
  }
}

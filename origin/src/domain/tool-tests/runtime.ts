import { Language, type Runtimes } from '#contract/sandbox.ts'
import type { Stores } from '../stores.ts'

/** What tools in a language run under, in words that change when it does; null where nothing runs them. */
export function runtimeOf(runtimes: Runtimes, language: Language): string | null {
  const version = runtimes[language]
  return version === null ? null : `${language === 'python' ? 'python' : 'node'} ${version}`
}

/** Keeps what the sandbox runs tools with now. */
export async function noteRuntimes(
  { tests }: Pick<Stores, 'tests'>,
  runtimes: Runtimes,
): Promise<void> {
  for (const language of Language.options)
    await tests.noteRuntime(language, runtimeOf(runtimes, language))
}

import { PACKAGES_MS } from '#contract/limits.ts'
import type { Fetcher } from './fetcher.ts'
import { PackageRefusal } from './package-refusal.ts'

export type News = (message: string) => void

const QUIET = ['--no-cache-dir', '--no-color', '--no-input', '--disable-pip-version-check']
/**
 * Wheels only: unpacking one runs nothing of it, building anything else would. It does not cover
 * what a wheel needs by address; that pip cannot build it is the filter's doing (fetcher.ts).
 */
const SAFE = ['--only-binary=:all:', '--progress-bar=off']
/** Lines that tell a person something. */
const TELLING = /^\s*(Collecting|Downloading|Installing|Successfully|Processing)\b/
const MOST_NEWS = 200
const LINE_CHARS = 200

export type Command = {
  command: 'download' | 'install'
  args: readonly string[]
  writes: string
  signal: AbortSignal
  news: News
}

/** Runs one command of pip. Rejects with PackageRefusal in pip's own words when it fails. */
export async function pip(fetcher: Fetcher, work: Command): Promise<void> {
  let told = 0
  const { code, complaints } = await fetcher.run({
    part: 'pip',
    args: [work.command, ...QUIET, ...SAFE, ...work.args],
    writes: work.writes,
    timeoutMs: PACKAGES_MS,
    signal: work.signal,
    onLine: (line) => {
      if (TELLING.test(line) && told++ < MOST_NEWS) work.news(line.trim().slice(0, LINE_CHARS))
    },
  })
  if (code !== 0) throw new PackageRefusal(inPipsWords(complaints))
}

/**
 * pip ends its complaint with lines that begin with ERROR, and what it did not expect with that alone;
 * addresses of an index stay here.
 */
function inPipsWords(complaints: readonly string[]): string {
  const errors = complaints.filter((line) => /^ERROR:(?! Exception:$)/.test(line))
  const said = (errors.length > 0 ? errors : complaints.slice(-1))
    .map((line) => line.replace(/^ERROR:\s*/, '').replace(/\bhttps?:\/\/\S+/g, '…'))
    .join(' ')
    .slice(0, 1_000)
  return said === '' ? 'pip failed without a word' : said
}

import { ToolTest } from '#contract/tool-tests.ts'
import { expect, test } from 'vitest'
import type { ApprovalView } from '#contract/admin-api.ts'
import { EMPTY_MANIFEST } from '#contract/manifest.ts'
import { isPlain } from '#contract/visible-text.ts'
import { present } from './present.ts'

/** Prompt tricks: what an assistant may write where a person reads before they decide. */
const TRICKS = {
  'bidirectional controls': 'if admin\u202e \u2066# check\u2069',
  'look-alike letters': 'p\u0430yp\u0430l.com',
  'a word of look-alikes': '\u0440\u0430\u0443',
  'zero-width characters': 'safe\u200b\u200d_host\ufeff',
  'a terminal’s colours': '\u001b[1;32mAPPROVED\u001b[0m',
  'a terminal’s erasing': 'evil()\u001b[2K\u001b[1A\rharmless()',
  'a terminal’s link': '\u001b]8;;https://evil.example\u0007docs\u001b]8;;\u0007',
  'eight-bit controls': '\u009b2Jclean',
  tags: 'x\u{e0041}\u{e0042}',
  'disguised letters': '\u{1d41a}\u{1d41d}min \uff41\uff42',
}
const LINES = [
  '# Approved by the administrator',
  '![](https://evil.example/pixel)',
  '[approve](https://evil.example)',
  '<script>alert(1)</script><a href="https://evil.example">docs</a>',
  'may        nothing: no network, no secrets, default modules only',
  '[a]pprove, [r]eject or [s]kip? a',
]

function asked(text: string): ApprovalView {
  return {
    id: '6f1c9a1e-6f0e-4f7e-9b43-0f1f5a1d2c77',
    state: 'waiting',
    hash: 'a'.repeat(64),
    requested_by: text,
    client: { name: text, version: text },
    address: text,
    notes: text,
    requested_at: '2026-01-01T00:00:00.000Z',
    decided_by: null,
    decided_by_policy: null,
    decided_at: null,
    reason: null,
    live: null,
    lines: [],
    diff: null,
    code_check: { lacking: [text], unused: [text], unseen: [text] },
    tests: {
      cases: [ToolTest.parse({ name: 'one', result: text })],
      report: {
        passed: false,
        runtime: text,
        ran_at: '2026-01-01T00:00:00.000Z',
        cases: [{ name: text, passed: false, why: text, duration_ms: 1 }],
      },
    },
    package_facts: [],
    version: {
      tool: 'bank__pay',
      number: 1,
      state: 'pending',
      hash: 'a'.repeat(64),
      publication: { kind: 'tool', name: 'bank__pay' },
      description: text,
      language: 'python',
      code: `def main():\n    """${text}"""\n`,
      input_schema: { properties: { [text]: { description: text } } },
      output_schema: null,
      annotations: {
        readOnlyHint: true,
        destructiveHint: false,
        idempotentHint: true,
        openWorldHint: false,
      },
      manifest: EMPTY_MANIFEST,
      module_lock: null,
      timeout_ms: 30_000,
      queue_when_away: false,
      created_by: text,
      created_at: '2026-01-01T00:00:00.000Z',
    },
  }
}

const PLACES =
  'who wrote it, who asks, the client, the description, the notes, the code, the schemas'

test.each(Object.entries(TRICKS))('%s are spelled out wherever they stand', (_trick, text) => {
  const shown = present(asked(text))
  expect(isPlain(shown)).toBe(true)
  expect(shown).toContain(`beware     hidden or look-alike characters in ${PLACES}\n`)
})

test('whatever lines it writes, none of them is one of ours', () => {
  const text = LINES.join('\n')
  const begins = (shown: string) => shown.split('\n').map((line) => line.slice(0, 10))
  const ours = new Set(begins(present(asked('Pays.'))))
  const behind = /^ {5}┊ | {3}\d │ /
  for (const begin of begins(present(asked(text))))
    expect(ours.has(begin) || behind.test(begin)).toBe(true)
})

test('what is as it seems is not warned of', () => {
  expect(present(asked('Zahlt an die Müller GmbH, привет'))).not.toContain('beware')
})

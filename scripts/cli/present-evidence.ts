import type { ApprovalView } from '#contract/admin-api.ts'
import type { VersionDiff } from '#contract/admin-door/version-diff.ts'

/** The manifest beside what reading the code told; one thing a line. What nobody knows is no good news. */
export function presentCheck({ code_check: check }: Pick<ApprovalView, 'code_check'>): string[] {
  if (check === null) return ['UNKNOWN: the code was not read']
  const { lacking, unused, unseen } = check
  const lines = [
    ...unseen.map((what) => `not seen: ${what}`),
    ...unused.map((line) => `allowed, but not seen in use: ${line}`),
    ...lacking.map((line) => `used, but not allowed: ${line}`),
  ]
  return lines.length === 0 ? ['the code uses what the manifest says, no more and no less'] : lines
}

/** Tests and how they went. */
export function presentTests({ tests: { cases, report } }: Pick<ApprovalView, 'tests'>): string[] {
  if (cases.length === 0) return ['none']
  if (report === null) return [`NOT RUN: ${cases.length}, of its own author`]
  const passed = report.cases.filter((one) => one.passed).length
  return [
    `${passed} of ${report.cases.length} passed, under ${report.runtime}, ${report.ran_at}`,
    ...report.cases.map(({ name, why }) =>
      why === null ? `passed: ${name}` : `FAILED: ${name}: ${why}`,
    ),
  ]
}

/** What is otherwise than in the version that is live. */
export function presentDiff({ from, words, code, fields }: VersionDiff): string[] {
  const others = fields.map(
    ({ field, from: before, to }) => `${field}: ${JSON.stringify(before)} → ${JSON.stringify(to)}`,
  )
  const lines = [...words, ...others, ...code.split('\n')]
  return [`since version ${from}`, ...lines]
}

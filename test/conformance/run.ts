import { DOORS, REVISIONS, startConformance, type Revision } from './suite.ts'

/**
 * `npm run conformance`: the official suite, both requirement sets, at both doors. A scenario counts
 * when it passes at both. Ends with a line for machines and fails when one is missing.
 */
await using conformance = await startConformance()
const summary: string[] = []
for (const revision of REVISIONS) summary.push(await summed(revision))
console.log(summary.join(' · '))

async function summed(revision: Revision): Promise<string> {
  let all = 0
  const missing = new Set<string>()
  for (const door of DOORS) {
    const verdict = await conformance.run(revision, door)
    all = verdict.required.length
    for (const name of verdict.missing) missing.add(name)
    const without = verdict.missing.length === 0 ? '' : `, without ${verdict.missing.join(', ')}`
    console.log(`${revision} · ${door}: ${all - verdict.missing.length} of ${all}${without}`)
  }
  if (missing.size > 0) process.exitCode = 1
  return `${revision}: ${all - missing.size}/${all} required`
}

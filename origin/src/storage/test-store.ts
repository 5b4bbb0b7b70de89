import { and, asc, desc, eq } from 'drizzle-orm'
import { testsDigest } from '../domain/tool-tests/digest.ts'
import type { Tested, TestStore } from '../domain/tool-tests/test-store.ts'
import type { Db } from './database.ts'
import { runtimes, testReports, toolTests } from './proof-schema.ts'
import { versions } from './schema.ts'

export function pgTestStore(db: Db): TestStore {
  const about = ({ hash, digest }: Omit<Tested, 'runtime'>) =>
    and(eq(testReports.hash, hash), eq(testReports.testsDigest, digest))

  return {
    async keep(hash, tests, createdBy) {
      const kept = { tests, digest: testsDigest(tests) }
      const set = { ...kept, createdBy, createdAt: new Date() }
      await db
        .insert(toolTests)
        .values({ hash, ...set })
        .onConflictDoUpdate({ target: toolTests.hash, set })
      return kept
    },

    async of(hash) {
      const [row] = await db.select().from(toolTests).where(eq(toolTests.hash, hash))
      return row === undefined ? null : { tests: row.tests, digest: row.digest }
    },

    async report({ hash, digest, runtime }, report) {
      const set = { passed: report.passed, report, ranAt: new Date(report.ran_at) }
      await db
        .insert(testReports)
        .values({ hash, testsDigest: digest, runtime, ...set })
        .onConflictDoUpdate({
          target: [testReports.hash, testReports.testsDigest, testReports.runtime],
          set,
        })
    },

    async reported(of) {
      const [row] = await db
        .select({ report: testReports.report })
        .from(testReports)
        .where(and(about(of), eq(testReports.runtime, of.runtime)))
      return row?.report ?? null
    },

    async newestReport(of) {
      const [row] = await db
        .select({ report: testReports.report })
        .from(testReports)
        .where(about(of))
        .orderBy(desc(testReports.ranAt))
        .limit(1)
      return row?.report ?? null
    },

    async liveTested() {
      const rows = await db
        .select({ id: versions.id })
        .from(versions)
        .innerJoin(toolTests, eq(toolTests.hash, versions.hash))
        .where(eq(versions.state, 'live'))
        .orderBy(asc(versions.createdAt), asc(versions.id))
      return rows.map(({ id }) => id)
    },

    async runtime(language) {
      const [row] = await db.select().from(runtimes).where(eq(runtimes.language, language))
      return row?.runtime ?? null
    },

    async noteRuntime(language, runtime) {
      const set = { runtime, notedAt: new Date() }
      await db
        .insert(runtimes)
        .values({ language, ...set })
        .onConflictDoUpdate({ target: runtimes.language, set })
    },
  }
}

import { sql } from 'drizzle-orm'
import { boolean, check, index, json, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import type { CodeUses } from '#contract/code-uses.ts'
import type { Language } from '#contract/sandbox.ts'
import type { TestReport, ToolTests } from '#contract/tool-tests.ts'
import { at, createdAt } from './columns.ts'

/**
 * What is known of texts beside the texts: what they use, their tests, how those went. By hash, not by
 * version, for an equal text has the same.
 */

/** What reading code told; `digest` is of language and code. */
export const codeReadings = pgTable('code_readings', {
  digest: text('digest').primaryKey(),
  uses: json('uses').$type<CodeUses>().notNull(),
  readAt: at('read_at').notNull().defaultNow(),
})

/** The tests that go with the text of this hash. */
export const toolTests = pgTable(
  'tool_tests',
  {
    hash: text('hash').primaryKey(),
    tests: json('tests').$type<ToolTests>().notNull(),
    digest: text('digest').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: createdAt(),
  },
  () => [check('tool_tests_hash', sql`hash ~ '^[0-9a-f]{64}$'`)],
)

/** How tests of a text went under a runtime. */
export const testReports = pgTable(
  'test_reports',
  {
    hash: text('hash').notNull(),
    testsDigest: text('tests_digest').notNull(),
    runtime: text('runtime').notNull(),
    passed: boolean('passed').notNull(),
    report: json('report').$type<TestReport>().notNull(),
    ranAt: at('ran_at').notNull(),
  },
  (t) => [
    primaryKey({ name: 'test_reports_about', columns: [t.hash, t.testsDigest, t.runtime] }),
    index('test_reports_newest').on(t.hash, t.testsDigest, t.ranAt.desc()),
  ],
)

/** What the sandbox runs tools with, as it was last asked. */
export const runtimes = pgTable(
  'runtimes',
  {
    language: text('language').$type<Language>().primaryKey(),
    /** Null where nothing runs them. */
    runtime: text('runtime'),
    notedAt: at('noted_at').notNull().defaultNow(),
  },
  () => [check('runtimes_language', sql`language in ('python', 'typescript')`)],
)

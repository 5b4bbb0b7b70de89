import { customType, index, pgTable, real, smallint, text, uuid } from 'drizzle-orm/pg-core'
import { versions } from './schema.ts'

const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' })

/**
 * What live tools are found by. Triggers on versions and servers keep it; nobody else writes it.
 * The weights of its words: A names, B description, C arguments, D what is said of the server.
 */
export const toolIndex = pgTable(
  'tool_index',
  {
    versionId: uuid('version_id')
      .primaryKey()
      .references(() => versions.id, { onDelete: 'cascade' }),
    /** On the wire. */
    name: text('name').notNull(),
    words: tsvector('words').notNull(),
    /** Names and description in small letters, for words that are misspelt. */
    spelling: text('spelling').notNull(),
    /** How many words its names have: the fewer, the more each says. */
    nameWords: real('name_words').notNull(),
    /** 0 for what reads, 1 for what writes, 2 for what destroys. */
    effect: smallint('effect').notNull(),
  },
  // Without fastupdate: nothing would ever move its list of pending words into the embedded database's index.
  (t) => [
    index('tool_index_words').using('gin', t.words).with({ fastupdate: false }),
    index('tool_index_spelling')
      .using('gin', t.spelling.op('gin_trgm_ops'))
      .with({ fastupdate: false }),
  ],
)

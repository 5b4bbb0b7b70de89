import { sql, type SQL } from 'drizzle-orm'
import type { FindableTool, ToolIndex } from '../domain/finding/tool-index.ts'
import type { Db } from './database.ts'
import { versions } from './schema.ts'

/** Shorter words are like too many others. */
const MISSPELT_CHARS = 4

/** What a word counts by where it stands; see `tool_index`. */
const place = sql`weight * case
  when words @@ in_names then 1
  when words @@ in_description then 0.6
  when words @@ about_server then 0.5
  else 0.3 end`

const OWN_WORDS = new WeakMap<readonly FindableTool[], string>()

export function pgToolIndex(db: Db): ToolIndex {
  /** Of tools that come with every search, worked out once: reading them is most of the work. */
  async function wordsOf(own: readonly FindableTool[]): Promise<string> {
    const known = OWN_WORDS.get(own)
    if (known !== undefined) return known
    const tools = own.map(({ name, description, inputSchema, annotations: { title = '' } }) => ({
      name,
      names: `${name} ${title}`,
      description,
      schema: inputSchema,
    }))
    const [row] = await db
      .select({
        found: sql<string>`json_agg(json_build_object(
          'name', name, 'words', words::text, 'name_words', length(ts_filter(words, '{a}'))))::text`,
      })
      .from(
        sql`json_to_recordset(${JSON.stringify(tools)}::json)
          as ours(name text, names text, description text, schema json),
          search_words(names, description, schema_words(schema), '') as words`,
      )
    const found = row?.found ?? '[]'
    OWN_WORDS.set(own, found)
    return found
  }

  return {
    async search(words, { limit, own }) {
      const rows = await db
        .select({
          name: sql<string>`name`,
          description: versions.description,
          inputSchema: versions.inputSchema,
          annotations: versions.annotations,
        })
        .from(sql`(${ranked(JSON.stringify(words), await wordsOf(own), limit)}) as best`)
        .leftJoin(versions, sql`${versions.id} = version_id`)
        .orderBy(sql`score desc, effect, length(name), name`)
      const ourTool = new Map<string, FindableTool>(own.map((tool) => [tool.name, tool]))
      return rows.flatMap((row) => {
        const { name, description, inputSchema, annotations } = row
        if (description === null || inputSchema === null || annotations === null)
          return ourTool.get(name) ?? []
        return [{ name, description, inputSchema, annotations }]
      })
    },
  }
}

/**
 * Ranks as BM25 does, by our own weights: each part of the question counts as much as the best of its
 * words in the best place, the rarer the more; a name of many words says a little less by each.
 */
function ranked(said: string, ours: string, limit: number): SQL {
  return sql`with said as materialized (
      select part, lexeme, max(weight) as weight, min(word) filter (where weight = 1) as word
      from json_to_recordset(${said}::json) as said(part int, word text, weight real),
        unnest(to_tsvector('english', search_text(word)))
      group by part, lexeme
    ), asked as materialized (
      select *,
        quote_literal(lexeme)::tsquery as anywhere,
        (quote_literal(lexeme) || ':A')::tsquery as in_names,
        (quote_literal(lexeme) || ':B')::tsquery as in_description,
        (quote_literal(lexeme) || ':D')::tsquery as about_server
      from said
  ), own as materialized (
    select name, words::tsvector, name_words
    from json_to_recordset(${ours}::json) as ours(name text, words text, name_words real)
  ), meant as materialized (
    select part, version_id, name, lexeme, ${place} as place, effect, name_words
    from asked join tool_index on words @@ anywhere
    union all
    select part, null, name, lexeme, ${place}, 0, name_words
    from asked join own on words @@ anywhere
  ), misspelt as materialized (
    select part, version_id, name, lexeme, strict_word_similarity(word, spelling) as place, effect, name_words
    from asked join tool_index on spelling %>> word
    where length(word) >= ${MISSPELT_CHARS} and part not in (select part from meant)
  ), hits as materialized (
    select * from meant union all select * from misspelt
  ), rarity as materialized (
    select lexeme,
      ln(1 + (greatest((select count(*) from tool_index), count(*)) - count(*) + 0.5) / (count(*) + 0.5)) as rarity
    from hits group by lexeme
  ), parts as (
    select version_id, name, effect, max(place * rarity / (0.85 + 0.15 * name_words / 4)) as score
    from hits join rarity using (lexeme)
    group by version_id, name, effect, name_words, part
  )
  select version_id, name, round(sum(score)::numeric, 3) as score, effect
  from parts group by version_id, name, effect
  order by 3 desc, effect, length(name), name limit ${limit}`
}

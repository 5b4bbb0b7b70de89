import type { Opened, SQL } from '../databases.ts'

/** What a statement gives, read past all stores. */
export async function rowsOf<Row>({ db }: Opened, statement: SQL): Promise<Row[]> {
  const { rows } = (await db.execute(statement)) as { rows: Row[] }
  return rows
}

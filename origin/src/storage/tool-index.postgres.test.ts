import { afterAll, inject } from 'vitest'
import { freshDatabase, openReplica } from '../testing/databases.ts'
import { toolIndexTests } from '../testing/tool-index.ts'

const database = await freshDatabase(inject('postgresUrl'))
const opened = await openReplica(database.url)
afterAll(async () => {
  await opened[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

toolIndexTests(opened)

import { afterAll } from 'vitest'
import { openMemory } from '../testing/databases.ts'
import { toolIndexTests } from '../testing/tool-index.ts'

const opened = await openMemory()
afterAll(() => opened[Symbol.asyncDispose]())

toolIndexTests(opened)

import { afterAll } from 'vitest'
import { openMemory } from '../testing/databases.ts'
import { versionConstraints } from '../testing/version-constraints.ts'

const opened = await openMemory()
afterAll(() => opened[Symbol.asyncDispose]())

versionConstraints(opened)

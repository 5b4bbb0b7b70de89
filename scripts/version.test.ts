import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { VERSION } from '#contract/version.ts'

test('the version that clients see is the one of package.json', () => {
  const packageJson: unknown = JSON.parse(readFileSync('package.json', 'utf8'))
  expect(packageJson).toMatchObject({ version: VERSION })
})

import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { EMAIL, startDeployment, type DeploymentLine } from './testing/deployment.ts'

const lines: DeploymentLine[] = []
afterEach(async () => {
  for (const line of lines.splice(0)) await line[Symbol.asyncDispose]()
})
async function start() {
  const line = await startDeployment()
  lines.push(line)
  return line
}

test('fresh, with Access and a VPC service', { timeout: 60_000 }, async () => {
  const line = await start()
  const { said, failure } = await line.run(['--yes', '--email', EMAIL])
  console.log(said, failure, line.cloudflare.unknown, line.cloudflare.calls)
  expect(failure).toBeNull()
})

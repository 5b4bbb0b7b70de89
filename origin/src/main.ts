import { once } from 'node:events'
import { startOrigin } from './compose.ts'
import { readConfig } from './config.ts'
import { openLog } from './log.ts'
import { readPreviousKeys, readSecrets } from './secrets-file.ts'
import { welcome } from './welcome.ts'

try {
  const config = readConfig(process.env)
  const secrets = await readSecrets(config.dataFolder, process.env)
  const previousKeys = await readPreviousKeys(config.dataFolder, process.env)
  // One request's loose end ends no other's: it is told as a fault, and what is under way goes on.
  process.on('unhandledRejection', (fault) =>
    openLog(config.logLevel).error({ err: fault }, 'unhandled'),
  )
  await using origin = await startOrigin(config, { ...secrets, previousKeys }, process.env)
  console.log(welcome(origin, config))
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
} catch (fault) {
  console.error(`MCPbox did not start.\n${fault instanceof Error ? fault.message : String(fault)}`)
  process.exitCode = 1
}

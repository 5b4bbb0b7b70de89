#!/usr/bin/env node
import { ensureInstalled, root, run } from './bootstrap.mjs'

/** `npx mcpbox …`: the commands of scripts/mcpbox.ts, on the project's own Node. */
ensureInstalled({ dev: false })
process.exitCode = run([`${root}scripts/mcpbox.ts`, ...process.argv.slice(2)])

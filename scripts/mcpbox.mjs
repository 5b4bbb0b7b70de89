#!/usr/bin/env node
import { ensureInstalled, root, run } from './bootstrap.mjs'

/** `npx mcpbox …`: the commands of scripts/mcpbox.ts, on the project's own Node. */
// What puts the Worker on Cloudflare is a package of development.
ensureInstalled({ dev: process.argv[2] === 'deploy-worker' })
process.exitCode = run([`${root}scripts/mcpbox.ts`, ...process.argv.slice(2)])

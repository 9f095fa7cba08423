#!/usr/bin/env node
/*
 * The command `arete`. Plain JavaScript, so that an old Node can start it: it then continues with the Node
 * that npm installed.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const home = fileURLToPath(new URL('..', import.meta.url))
const [major] = process.versions.node.split('.').map(Number)
const installed = join(
  home,
  'node_modules/.bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
)

if (major < 24 && process.execPath !== installed && existsSync(installed)) {
  const args = [...process.execArgv, ...process.argv.slice(1)]
  const child = spawn(installed, args, { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // The terminal sends SIGINT to both.
    process.on(signal, () => signal !== 'SIGINT' && child.kill(signal))
  }
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)))
} else {
  await import('./setup-node.mjs')
  const { runBundledArete } = await import('./run-arete.ts')
  await runBundledArete(process.argv.slice(2))
}

#!/usr/bin/env node
/*
 * The command `arete` of the npm package. Plain JavaScript, so that an old Node can say that it is too old.
 */
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const [major] = process.versions.node.split('.').map(Number)
if (major < 24) {
  process.stderr.write(`Arete needs Node 24 or newer; this is ${process.version}.\n`)
  process.exit(1)
}
process.env.ARETE_HOME = dirname(dirname(fileURLToPath(import.meta.url)))
process.env.ARETE_PROJECT ??= process.cwd()
const { runProgram } = await import(new URL('../lib/program.js', import.meta.url).href)
await runProgram(process.argv.slice(2))

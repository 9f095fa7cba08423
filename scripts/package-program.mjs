#!/usr/bin/env node
/*
 * The command `arete` of the npm package. Plain JavaScript, so that an old Node can start it.
 */
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { continuesWithNewerNode } from './continue-with-node.mjs'

const home = dirname(dirname(fileURLToPath(import.meta.url)))
if (!continuesWithNewerNode(home)) {
  process.env.ARETE_HOME = home
  process.env.ARETE_PROJECT ??= process.cwd()
  const { runProgram } = await import(new URL('../lib/program.js', import.meta.url).href)
  await runProgram(process.argv.slice(2))
}

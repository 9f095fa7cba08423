#!/usr/bin/env node
/*
 * The command `arete` of a checkout. Plain JavaScript, so that an old Node can start it.
 */
import { fileURLToPath } from 'node:url'
import { continuesWithNewerNode } from './continue-with-node.mjs'

if (!continuesWithNewerNode(fileURLToPath(new URL('..', import.meta.url)))) {
  await import('./setup-node.mjs')
  const { runBundledArete } = await import('./run-arete.ts')
  await runBundledArete(process.argv.slice(2))
}

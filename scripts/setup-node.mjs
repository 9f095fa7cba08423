/*
 * Runs before every program: `node --import ./scripts/setup-node.mjs FILE`. Plain JavaScript, so that
 * an old Node can run it.
 */
import module from 'node:module'
import { join } from 'node:path'
import { isNodeTooOld, remedy } from './continue-with-node.mjs'

if (isNodeTooOld()) {
  process.stderr.write(remedy())
  process.exit(1)
}
// Node then compiles and strips types only once. Modules loaded before this line are not cached, and
// a new install starts with an empty cache.
module.enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/compile'))

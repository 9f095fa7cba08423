/*
 * Runs before every program: `node --import ./scripts/setup-node.mjs FILE`. Plain JavaScript, so that
 * an old Node can run it.
 */
import module from 'node:module'
import { join } from 'node:path'

requireNode(24)
// Node then compiles and strips types only once. Modules loaded before this line are not cached, and
// a new install starts with an empty cache.
module.enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/compile'))

/** Rejects a Node version that is too old, and says what to do. */
function requireNode(wanted) {
  const [major] = process.versions.node.split('.').map(Number)
  if (major >= wanted) return
  const bundled = ['linux-x64', 'linux-arm64', 'win32-x64']
  const platform = `${process.platform}-${process.arch}`
  const remedy = bundled.includes(platform)
    ? 'npm install brings the right one along as an optional package, which is missing here. Run:\n' +
      '  npm install --include=optional'
    : 'On Linux and 64-bit Windows npm install brings it along; for this platform install it from\n' +
      '  https://nodejs.org/en/download'
  process.stderr.write(
    `Arete needs Node ${wanted} or newer; this is ${process.version} (${platform}).\n${remedy}\n`,
  )
  process.exit(1)
}

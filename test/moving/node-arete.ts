import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { projectFolder } from '#cli/deployment/project-folder.ts'
import { freePort, waitUntilAnswering } from '../parity/servers/child-process.ts'
import { type RunningServer, signedIn } from './pocketbase-process.ts'

/** Serves a data folder on Node, as `npm run serve` does. */
export async function startNodeArete(folder: string): Promise<RunningServer> {
  const port = await freePort()
  const args = ['scripts/arete.mjs', 'serve', '--data', folder, '--port', String(port)]
  const child = spawn(process.execPath, args, {
    cwd: projectFolder,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = once(child, 'close')
  async function stop(): Promise<void> {
    child.kill('SIGTERM')
    await ended
  }
  const origin = `http://127.0.0.1:${port}`
  try {
    // The first start bundles the server.
    await waitUntilAnswering(`${origin}/api/health`, () => child.exitCode === null, 60_000)
    return { origin, client: await signedIn(origin), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

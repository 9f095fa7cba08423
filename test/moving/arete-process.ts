import { startWrangler } from '#cli/wrangler.ts'
import {
  endGroup,
  freePort,
  signalGroup,
  waitUntilAnswering,
} from '../parity/servers/child-process.ts'
import { type RunningServer, signedIn } from './pocketbase-process.ts'

/** Serves the local Arete that is kept in a folder, as `npm start` serves the one of the project. */
export async function startArete(stateFolder: string): Promise<RunningServer> {
  const port = await freePort()
  const args = ['--ip', '127.0.0.1', '--port', `${port}`, '--persist-to', stateFolder]
  const child = startWrangler(['dev', ...args, '--log-level', 'none', '--test-scheduled'], {
    stdio: 'ignore',
    detached: true,
  })
  const endAtExit = (): void => signalGroup(child.pid, 'SIGKILL')
  process.once('exit', endAtExit)
  const origin = `http://127.0.0.1:${port}`
  const stop = async (): Promise<void> => {
    await endGroup(child)
    process.off('exit', endAtExit)
  }
  try {
    await waitUntilAnswering(`${origin}/api/health`, () => child.exitCode === null, 60_000)
    return { origin, client: await signedIn(origin), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

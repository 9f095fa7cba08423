import { prepareStart, startLocalServer } from '../../scripts/local-server.ts'
import { freePort } from '../parity/servers/child-process.ts'
import { type RunningServer, signedIn } from './pocketbase-process.ts'

/** Serves the local Arete in a folder, as `npm start` serves the project's. */
export async function startArete(stateFolder: string): Promise<RunningServer> {
  const host = '127.0.0.1'
  const port = await freePort()
  const { stop } = await startLocalServer(await prepareStart(), { host, port, stateFolder })
  const origin = `http://${host}:${port}`
  try {
    return { origin, client: await signedIn(origin), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

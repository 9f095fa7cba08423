import { join } from 'node:path'
import { projectFolder } from '#cli/deployment/project-folder.ts'
import { runToEnd } from '../../parity/servers/child-process.ts'
import { type ServerProgram, startProgram, superuser } from './server-process.ts'

const node = ['--import', join(projectFolder, 'scripts/setup-node.mjs')]

/** Arete on Node, as `npm run serve` starts it. */
export const areteOnNode: ServerProgram = {
  name: 'Arete',
  async initialise(folder) {
    // The first start makes the folder.
    const server = await startProgram(areteOnNode, folder)
    await server.stop()
    const { email, password } = superuser
    const command = join(projectFolder, 'src/cli/run.ts')
    const args = [command, 'superuser', 'upsert', email, password, '--data', folder]
    await runToEnd(process.execPath, [...node, ...args])
  },
  command: (folder, port) => ({
    command: process.execPath,
    args: [
      ...node,
      join(projectFolder, 'scripts/serve.ts'),
      ...['--data', folder],
      ...['--port', String(port)],
    ],
  }),
}

/*
 * Builds `dist/server`: everything that a server needs besides Node. It can be copied elsewhere.
 */
import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { projectFolder } from '#cli/deployment/project-folder.ts'
import { runCommand } from '#cli/terminal/run-command.ts'
import { readArguments } from '#cli/terminal/usage.ts'
import { readVersion } from '#cli/version.ts'
import { bundleNode } from './bundle-node.ts'

const help = `Builds a server of one's own into dist/server: the program, the migrations, and the files in
public/ with the dashboard, which npm run build:dashboard makes.

  npm run build:server

Copy the folder wherever Node 24 is, and start it: node arete.mjs serve
`

const program = `#!/usr/bin/env node
process.env.ARETE_HOME ??= import.meta.dirname
const { runArete } = await import('./program/arete.js')
await runArete(process.argv.slice(2), process.env.ARETE_HOME)
`

await runCommand(async (args) => {
  const { values } = readArguments(
    { args: [...args], options: { help: { type: 'boolean', short: 'h' } } },
    'npm run build:server -- --help',
  )
  if (values.help === true) {
    process.stdout.write(help)
    return 0
  }
  const folder = join(projectFolder, 'dist/server')
  await bundleNode(join(folder, 'program'))
  for (const name of ['drizzle', 'public']) {
    await cp(join(projectFolder, name), join(folder, name), { recursive: true, force: true })
  }
  const version = await readVersion()
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'arete', version, type: 'module' }),
  )
  await writeFile(join(folder, 'arete.mjs'), program, { mode: 0o755 })
  process.stdout.write('dist/server is ready. Start it: node dist/server/arete.mjs serve\n')
  return 0
})

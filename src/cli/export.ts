/*
 * The command behind `npm run export`.
 */
import { type ExportCommand, exportHelp, parseExportArguments } from './export-arguments.ts'
import { expectEmptyFolder } from './pocketbase/empty-folder.ts'
import { runCommand } from '#cli/terminal/run-command.ts'

async function run(command: ExportCommand): Promise<number> {
  if (command.action === 'help') {
    process.stdout.write(exportHelp)
    return 0
  }
  expectEmptyFolder(command.folder)
  // The runtime takes seconds to load.
  const { exportDeployment } = await import('./export-deployment.ts')
  return await exportDeployment(command.target, command.folder)
}

await runCommand(
  (args, folder) => run(parseExportArguments(args, folder)),
  'Interrupted. The written files were removed.',
)

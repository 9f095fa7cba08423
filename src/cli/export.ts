/*
 * The command behind `npm run export`.
 */
import { type ExportCommand, exportHelp, parseExportArguments } from './export-arguments.ts'
import { expectEmptyFolder } from './pocketbase/empty-folder.ts'
import type { TerminalCommand } from './commands.ts'
import { asTyped } from '#cli/terminal/as-typed.ts'

async function run(command: ExportCommand): Promise<number> {
  if (command.action === 'help') {
    process.stdout.write(asTyped(exportHelp))
    return 0
  }
  expectEmptyFolder(command.folder)
  // The runtime takes seconds to load.
  const { exportDeployment } = await import('./export-deployment.ts')
  return await exportDeployment(command.target, command.folder)
}

/** `npm run export` */
export const exportCommand: TerminalCommand = {
  run: (args, folder, usual) => run(parseExportArguments(args, folder, usual)),
  whenInterrupted: 'Interrupted. The written files were removed.',
}

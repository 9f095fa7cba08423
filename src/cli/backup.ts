/*
 * The command behind `npm run backup`.
 */
import { copyDataFolder } from '#adapters/node/copy-data-folder.ts'
import { type BackupCommand, backupHelp, parseBackupArguments } from './backup-arguments.ts'
import { expectDataFolder } from './deployment/data-folder.ts'
import { expectEmptyFolder } from './pocketbase/empty-folder.ts'
import { createProgress } from '#cli/terminal/progress.ts'
import { incompleteStatus } from '#cli/terminal/run-command.ts'
import type { TerminalCommand } from './commands.ts'
import { asTyped } from '#cli/terminal/as-typed.ts'
import { counted } from '#cli/terminal/wording.ts'

async function run(command: BackupCommand): Promise<number> {
  if (command.action === 'help') {
    process.stdout.write(asTyped(backupHelp))
    return 0
  }
  const { data, target } = command
  expectDataFolder(data)
  expectEmptyFolder(target)
  const progress = createProgress(process.stdout)
  progress.line(`Copying ${data} to ${target}.`)
  try {
    const { files, bytes, missing } = await copyDataFolder(data, target, (done, total) =>
      progress.step('Files', done, total),
    )
    progress.line(`Copied the databases, and ${counted(files, 'file')}, ${counted(bytes, 'byte')}.`)
    progress.list('Deleted during the copy, and so not in it:', missing)
    return missing.length > 0 ? incompleteStatus : 0
  } finally {
    progress.end()
  }
}

/** `npm run backup` */
export const backupCommand: TerminalCommand = {
  run: (args, folder) => run(parseBackupArguments(args, folder)),
  whenInterrupted: 'Interrupted. The copy is not complete.',
}

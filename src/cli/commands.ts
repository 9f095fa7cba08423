/*
 * The commands of a terminal besides `serve`. Each is loaded when it is called, because they need a
 * second to load.
 */
import type { Command } from '#cli/terminal/run-command.ts'

/** A command, and what to print if the user interrupts it. */
export interface TerminalCommand {
  readonly run: Command
  readonly whenInterrupted?: string
}

/** Loads a command. */
export type LoadCommand = () => Promise<TerminalCommand>

/** All commands, by name. */
export const commands: ReadonlyMap<string, LoadCommand> = new Map<string, LoadCommand>([
  ['superuser', async () => (await import('./superuser.ts')).superuserCommand],
  ['import', async () => (await import('./import.ts')).importCommand],
  ['export', async () => (await import('./export.ts')).exportCommand],
  ['backup', async () => (await import('./backup.ts')).backupCommand],
  ['types', async () => (await import('./generate-types.ts')).typesCommand],
  ['doctor', async () => (await import('./doctor/doctor.ts')).doctorCommand],
  ['move', async () => (await import('./move.ts')).moveCommand],
  ...(['diff', 'push', 'pull', 'promote', 'history', 'undo'] as const).map(
    (name): readonly [string, LoadCommand] => [
      name,
      async () => (await import('./schema/schema-commands.ts')).schemaCommand(name),
    ],
  ),
])

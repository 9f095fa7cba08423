import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { projectFolder } from '#cli/deployment/project-folder.ts'

/** The exit status and output of a command. */
export interface CommandOutcome {
  readonly status: number | null
  readonly output: string
}

/** Runs `npm run import` as in a terminal, but without one. */
export async function runImport(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<CommandOutcome> {
  return await runCommand('import', args, environment).ended
}

/** Runs `npm run export`. */
export async function runExport(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<CommandOutcome> {
  return await runCommand('export', args, environment).ended
}

/** Runs `npm run move`. */
export async function runMove(args: readonly string[]): Promise<CommandOutcome> {
  return await runCommand('move', args).ended
}

/** Runs a command for definitions in a folder. */
export async function runIn(
  folder: string,
  name: 'promote',
  args: readonly string[],
): Promise<CommandOutcome> {
  return await runCommand(name, args, { INIT_CWD: folder }).ended
}

/** A running command, which may be killed at any time. */
export interface RunningCommand {
  readonly ended: Promise<CommandOutcome>
  kill(): void
  /** Sends SIGINT, like Ctrl-C. */
  interrupt(): void
  /** Resolves with the first matching line it prints. */
  prints(pattern: RegExp): Promise<void>
}

/** Starts a command and does not wait for it. */
export function runCommand(
  name: 'import' | 'export' | 'move' | 'promote',
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): RunningCommand {
  const child = spawn(
    process.execPath,
    ['--import', './scripts/setup-node.mjs', 'src/cli/run.ts', name, ...args],
    {
      cwd: projectFolder,
      env: { ...process.env, NODE_NO_WARNINGS: '1', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    },
  )
  let output = ''
  const listeners = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      for (const listener of listeners) listener()
    })
  }
  const ended = once(child, 'close').then(([status]) => ({
    status: status as number | null,
    output,
  }))
  return {
    ended,
    kill() {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    },
    interrupt() {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT')
    },
    prints: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!pattern.test(output)) return
          listeners.delete(look)
          resolve()
        }
        listeners.add(look)
        look()
        void ended.then(() => reject(new Error(`It ended without ${pattern}:\n${output}`)))
      }),
  }
}

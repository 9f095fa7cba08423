import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process'
import { freePort, signalGroup, endGroup } from '../../parity/servers/child-process.ts'

/** A server to measure: one process that keeps its data in a folder. */
export interface ServerProgram {
  readonly name: string
  /** True if it receives messages from its parent. */
  readonly hasChannel?: boolean
  /** Creates the data folder, with the superuser in it. */
  initialise(folder: string): Promise<void>
  /** The command that serves the folder. */
  command(folder: string, port: number): ServerCommand
}

/** A command that serves until it is signalled. */
export interface ServerCommand {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
}

/** A running server. */
export interface RunningProgram {
  readonly name: string
  readonly origin: string
  readonly pid: number
  readonly child: ChildProcess
  /** The time from its start to its first response. */
  readonly readyMilliseconds: number
  /** Stops it like an administrator; its data stays. */
  stop(): Promise<void>
}

/** The superuser of every server. */
export const superuser = { email: 'superuser@example.com', password: 'a longer password' }

/** Starts a server and waits until it responds. */
export async function startProgram(
  program: ServerProgram,
  folder: string,
): Promise<RunningProgram> {
  const port = await freePort()
  const { command, args, env = process.env } = program.command(folder, port)
  const started = performance.now()
  const channel = program.hasChannel === true ? ['ipc' as const] : []
  const stdio: StdioOptions = ['ignore', 'ignore', 'pipe', ...channel]
  const child = spawn(command, args, { detached: true, stdio, env })
  let complaints = ''
  child.stderr?.on('data', (chunk: Buffer) => (complaints = (complaints + chunk).slice(-2000)))
  const endAtExit = (): void => signalGroup(child.pid, 'SIGKILL')
  process.once('exit', endAtExit)
  const stop = async (): Promise<void> => {
    await endGroup(child)
    process.off('exit', endAtExit)
  }
  const origin = `http://127.0.0.1:${port}`
  try {
    await untilHealthy(origin, () => child.exitCode === null && child.pid !== undefined)
  } catch (error) {
    await stop()
    throw new Error(`${program.name} did not start. ${complaints}`, { cause: error })
  }
  const readyMilliseconds = performance.now() - started
  return { name: program.name, origin, pid: child.pid ?? 0, child, readyMilliseconds, stop }
}

/** Asks often, so that the time until the first response is exact. */
async function untilHealthy(origin: string, isAlive: () => boolean): Promise<void> {
  const deadline = performance.now() + 60_000
  let lastError: unknown
  while (isAlive() && performance.now() < deadline) {
    try {
      const response = await fetch(`${origin}/api/health`)
      await response.text()
      if (response.ok) return
    } catch (error) {
      lastError = error
    }
    await new Promise((resolve) => setTimeout(resolve, 3))
  }
  throw new Error(`No response from ${origin}.`, { cause: lastError })
}

import { join } from 'node:path'
import { type TaskChild, startTaskChild } from './child-tasks.ts'
import type { LoadEnd, LoadResult } from './keep-alive-load.ts'
import type { Load } from './load.ts'

/** The connections of every load. */
const connections = 16

/** The load that the process is to send. */
export interface LoadTask {
  readonly load: Load
  readonly connections: number
  readonly end: LoadEnd
}

/** The responses to a load, and its cost for the process that sent it. */
export interface LoadReport extends LoadResult {
  readonly ownCpuMicroseconds: number
}

/** Sends load from a process of its own. */
export interface LoadGenerator {
  /** Sends a request repeatedly. @throws Error at the first failed response */
  send(load: Load, end: LoadEnd): Promise<LoadReport>
  stop(): void
}

/** Starts the process that sends load. */
export function startLoadGenerator(): LoadGenerator {
  const module = join(import.meta.dirname, 'load-process.ts')
  const child: TaskChild<LoadTask, LoadReport> = startTaskChild(module)
  return {
    send: (load, end) => child.run({ load, connections, end }),
    stop: () => child.stop(),
  }
}

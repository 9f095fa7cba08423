/*
 * Loaded into a server before its own modules. Profiles the process when the parent asks for it, so
 * that neither the start nor other work is in the profile.
 */
import { writeFile } from 'node:fs/promises'
import { Session } from 'node:inspector/promises'

/** A request to the profiled server process. */
export type ProfilerCommand =
  | { readonly profiler: 'start' }
  | { readonly profiler: 'stop'; readonly file: string }

/** The answer to each command: the process's CPU time so far, in microseconds. */
export interface ProfilerAnswer {
  readonly cpu: number
}

/** Short beside a request, and long beside the cost of a sample. */
const samplingIntervalMicroseconds = 200

const session = new Session()
session.connect()

process.on('message', (command: ProfilerCommand) => void answer(command))
// Must not keep the process alive once its server has closed.
process.channel?.unref()

async function answer(command: ProfilerCommand): Promise<void> {
  // Before a profile is written, which takes long.
  const { user, system } = process.cpuUsage()
  await obey(command)
  process.send?.({ cpu: user + system } satisfies ProfilerAnswer)
}

async function obey(command: ProfilerCommand): Promise<void> {
  if (command.profiler === 'start') {
    await session.post('Profiler.enable')
    await session.post('Profiler.setSamplingInterval', { interval: samplingIntervalMicroseconds })
    await session.post('Profiler.start')
    return
  }
  const { profile } = await session.post('Profiler.stop')
  await writeFile(command.file, JSON.stringify(profile))
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startLoadGenerator } from '../load/load-generator.ts'
import { compareRealtime } from './compare-realtime.ts'
import { compareRequests } from './compare-requests.ts'
import { compareMemory, compareStarts } from './compare-processes.ts'
import { fillServer } from './content.ts'
import { type Figure, figureLine, headLine } from './host-report.ts'
import { type RunningProgram, type ServerProgram, startProgram } from './server-process.ts'

/** The effort of a comparison. */
export interface HostEffort {
  /** The time of a turn with requests. */
  readonly seconds: number
  /** The turns of each side. */
  readonly rounds: number
  readonly records: number
  /** The subscribers of realtime. */
  readonly clients: number
  /** The time until the memory of an idle server is measured. */
  readonly idleSeconds: number
  /** Only figures whose name contains it are measured. */
  readonly only: string
}

/** A server with its content. */
export interface Side {
  readonly program: ServerProgram
  readonly folder: string
  readonly server: RunningProgram
  /** The token of the reader. */
  readonly token: string
}

/** The server to measure, and the one to compare it with. */
export type Sides = readonly [Side, Side]

/** Measures one server beside another, in turns. Returns the table line by line. */
export async function* compareHosts(
  [one, another]: readonly [ServerProgram, ServerProgram],
  effort: HostEffort,
): AsyncGenerator<string, void> {
  const root = await mkdtemp(join(tmpdir(), 'arete-bench-'))
  const generator = startLoadGenerator()
  const running = new Set<RunningProgram>()
  const start = async (program: ServerProgram, folder: string): Promise<RunningProgram> => {
    const server = await startProgram(program, folder)
    running.add(server)
    return server
  }
  const prepare = async (program: ServerProgram, name: string): Promise<Side> => {
    const folder = join(root, name)
    await program.initialise(folder)
    const server = await start(program, folder)
    return { program, folder, server, token: await fillServer(server.origin, effort.records) }
  }
  const isWanted = ({ name }: { readonly name: string }): boolean => name.includes(effort.only)
  const lines = (figures: readonly Figure[]): string =>
    figures.filter(isWanted).map(figureLine).join('')
  try {
    const sides: Sides = [await prepare(one, 'a'), await prepare(another, 'b')]
    yield headLine([one.name, another.name])
    for await (const figure of compareRequests(sides, generator, effort, isWanted))
      yield figureLine(figure)
    if (isWanted({ name: 'realtime' })) yield figureLine(await compareRealtime(sides, effort))
    if (isWanted({ name: 'memory' })) yield lines(await compareMemory(sides, effort))
    if (isWanted({ name: 'ready after' })) yield lines([await compareStarts(sides, effort)])
  } finally {
    generator.stop()
    await Promise.all([...running].map((server) => server.stop()))
    await rm(root, { recursive: true, force: true, maxRetries: 3 })
  }
}

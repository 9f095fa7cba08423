import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { areteOnNode } from '../hosts/arete-on-node.ts'
import { fillServer } from '../hosts/content.ts'
import { hostLoad, hostScenarios } from '../hosts/scenarios.ts'
import { tickLoad, tickText, tickTopic } from '../hosts/ticks.ts'
import { type RunningProgram, type ServerProgram, startProgram } from '../hosts/server-process.ts'
import { startLoadGenerator } from '../load/load-generator.ts'
import { startSubscribers } from '../load/subscribers.ts'
import type { ProfilerAnswer, ProfilerCommand } from './profiler-hook.ts'

/** The requests that can be profiled, and how many are enough. */
export const profiledRequests: ReadonlyMap<string, number> = new Map([
  ['list', 10_000],
  ['total', 10_000],
  ['signed-in', 10_000],
  ['filtered', 10_000],
  ['view', 10_000],
  ['create', 10_000],
  ['health', 10_000],
  ['batch', 100],
  ['realtime', 100],
])

/** The content of the server. */
export interface ProfileEffort {
  readonly records: number
  readonly clients: number
}

/** A profile of requests, and the CPU time they took. */
export interface TakenProfile {
  readonly json: string
  readonly cpuMicroseconds: number
}

/** A request that can be sent a number of times. */
interface Repeated {
  send(times: number): Promise<void>
  stop(): Promise<void>
}

/** Profiles a server over a new folder while it is sent a request many times. */
export async function takeProfile(
  request: string,
  requests: number,
  effort: ProfileEffort,
  folder: string,
): Promise<TakenProfile> {
  await areteOnNode.initialise(folder)
  const server = await startProgram(withProfiler(areteOnNode), folder)
  try {
    const token = await fillServer(server.origin, effort.records)
    const repeated =
      request === 'realtime'
        ? await repeatChange(server, effort.clients)
        : repeatRequest(server, request, token, effort)
    try {
      // The profile is of code that the runtime has compiled.
      await repeated.send(Math.ceil(requests / 2))
      const before = await tell(server, { profiler: 'start' })
      await repeated.send(requests)
      const file = join(folder, 'requests.cpuprofile')
      const after = await tell(server, { profiler: 'stop', file })
      return { json: await readFile(file, 'utf8'), cpuMicroseconds: after - before }
    } finally {
      await repeated.stop()
    }
  } finally {
    await server.stop()
  }
}

function withProfiler(program: ServerProgram): ServerProgram {
  const hook = pathToFileURL(join(import.meta.dirname, 'profiler-hook.ts')).href
  return {
    ...program,
    hasChannel: true,
    command(folder, port) {
      const { args, ...others } = program.command(folder, port)
      // The profiler is in one thread.
      return { ...others, args: ['--import', hook, ...args, '--threads', '1'] }
    },
  }
}

/** Returns the CPU time of the server so far. */
async function tell({ child }: RunningProgram, command: ProfilerCommand): Promise<number> {
  const answered = once(child, 'message')
  child.send(command)
  const [{ cpu }] = (await answered) as [ProfilerAnswer]
  return cpu
}

function repeatRequest(
  { origin }: RunningProgram,
  id: string,
  token: string,
  { records }: ProfileEffort,
): Repeated {
  const scenario = hostScenarios(records).find((known) => known.id === id)
  if (scenario === undefined) throw new Error(`No scenario ${id}.`)
  const load = hostLoad(scenario, origin, token)
  const generator = startLoadGenerator()
  return {
    async send(times) {
      await generator.send(load, { requests: times })
    },
    async stop() {
      generator.stop()
    },
  }
}

async function repeatChange({ origin }: RunningProgram, clients: number): Promise<Repeated> {
  const subscribers = await startSubscribers(origin, tickTopic, clients)
  let views = 0
  return {
    async send(times) {
      for (let change = 0; change < times; change++) {
        views += 1
        await subscribers.hearOf(tickLoad(origin, views), tickText(views))
      }
    },
    stop: () => subscribers.disconnect(),
  }
}

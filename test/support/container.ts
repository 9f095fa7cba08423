/*
 * Runs the steps of a Dockerfile without a container engine. Each stage is a folder that stands for
 * its file system. Commands run with this Node and with the shell of this machine, so they must not
 * name absolute paths.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, readdir, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join } from 'node:path'
import * as z from 'zod'

/** The image that the steps lead to. */
export interface BuiltImage {
  /** The folder of its file system, without the base image. */
  readonly root: string
  readonly base: string
  readonly user: string | undefined
  readonly volumes: readonly string[]
  /** Runs in the image: the command of `CMD`, or that of `HEALTHCHECK`. */
  readonly command: readonly string[]
  readonly healthCheck: readonly string[]
  /** The folder in which they run. */
  readonly workingFolder: string
  /** The variables of `ENV`, with paths in `root`. */
  readonly environment: Readonly<Record<string, string>>
}

interface Instruction {
  readonly name: string
  readonly rest: string
}

interface Stage {
  readonly root: string
  readonly base: string
  workingFolder: string
  user: string | undefined
  command: readonly string[]
  healthCheck: readonly string[]
  readonly volumes: string[]
  readonly environment: Record<string, string>
}

/** Parses the instructions. A line that ends with a backslash continues. */
function parse(dockerfile: string): readonly Instruction[] {
  return dockerfile
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? []
      return { name, rest }
    })
}

/**
 * Runs all steps and returns the last stage.
 *
 * @param context the folder that `COPY` copies from
 * @param folder an empty folder for the stages
 */
export async function buildImage(
  dockerfile: string,
  context: string,
  folder: string,
): Promise<BuiltImage> {
  const stages = new Map<string, Stage>()
  let stage: Stage | undefined
  for (const instruction of parse(dockerfile)) {
    if (instruction.name === 'FROM') {
      const [, base = '', name] = /^(\S+)(?:\s+AS\s+(\S+))?$/.exec(instruction.rest) ?? []
      const root = join(folder, String(stages.size))
      await mkdir(root)
      stage = {
        root,
        base,
        workingFolder: root,
        command: [],
        healthCheck: [],
        volumes: [],
        user: undefined,
        environment: {},
      }
      stages.set(name ?? String(stages.size), stage)
    } else if (stage === undefined) {
      throw new Error('The Dockerfile does not begin with FROM.')
    } else {
      await runStep(instruction, stage, (from) => stages.get(from)?.root ?? '', context)
    }
  }
  if (stage === undefined) throw new Error('The Dockerfile has no stage.')
  return stage
}

const list = z.array(z.string())

async function runStep(
  { name, rest }: Instruction,
  stage: Stage,
  rootOf: (stage: string) => string,
  context: string,
): Promise<void> {
  switch (name) {
    case 'WORKDIR':
      stage.workingFolder = within(stage, rest)
      await mkdir(stage.workingFolder, { recursive: true })
      return
    case 'ENV':
      for (const [, key = '', value = ''] of rest.matchAll(/(\w+)=(\S*)/g)) {
        stage.environment[key] = isAbsolute(value) ? join(stage.root, value) : value
      }
      return
    case 'COPY':
      await copy(rest, stage, rootOf, context)
      return
    case 'RUN':
      await run(rest, stage)
      return
    case 'USER':
      stage.user = rest
      return
    case 'VOLUME':
      stage.volumes.push(rest)
      return
    case 'CMD':
      stage.command = list.parse(JSON.parse(rest))
      return
    case 'HEALTHCHECK':
      stage.healthCheck = list.parse(JSON.parse(rest.slice(rest.indexOf('CMD') + 'CMD'.length)))
      return
    case 'EXPOSE':
      return
    default:
      throw new Error(`The test does not know the instruction ${name}.`)
  }
}

function within({ root, workingFolder }: Stage, path: string): string {
  return isAbsolute(path) ? join(root, path) : join(workingFolder, path)
}

async function copy(
  rest: string,
  stage: Stage,
  rootOf: (stage: string) => string,
  context: string,
): Promise<void> {
  const words = rest.split(/\s+/)
  const flags = words.filter((word) => word.startsWith('--'))
  const paths = words.filter((word) => !word.startsWith('--'))
  const from = flags.find((flag) => flag.startsWith('--from='))?.slice('--from='.length)
  const source = from === undefined ? context : rootOf(from)
  const target = within(stage, paths.pop() ?? '.')
  for (const path of paths) {
    const original = join(source, path)
    if ((await stat(original)).isDirectory()) {
      // The content of a folder is copied, not the folder.
      await mkdir(target, { recursive: true })
      for (const entry of await readdir(original)) {
        await cp(join(original, entry), join(target, entry), copyOptions)
      }
    } else {
      const isFolder = paths.length > 1 || /\/$|^\.\/?$/.test(words.at(-1) ?? '')
      const file = isFolder ? join(target, basename(path)) : target
      await mkdir(dirname(file), { recursive: true })
      await cp(original, file, copyOptions)
    }
  }
}

const copyOptions = { recursive: true, verbatimSymlinks: true } as const

async function run(command: string, { workingFolder, environment }: Stage): Promise<void> {
  const child = spawn('sh', ['-e', '-c', command], {
    cwd: workingFolder,
    env: { ...imageEnvironment(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (text) => (output += String(text)))
  child.stderr.on('data', (text) => (output += String(text)))
  const [status] = (await once(child, 'close')) as [number | null]
  if (status !== 0) throw new Error(`RUN ${command} ended with ${status}:\n${output}`)
}

/** Variables that a test or an npm script has set, unlike the settings of npm. */
const ofTests = /^(?:VITEST|NODE_ENV|NODE_OPTIONS|INIT_CWD|TEST|DEV|PROD|MODE|SSR|npm_(?!config_))/

/** The environment of an image: that of this machine, with this Node. */
export function imageEnvironment(): Record<string, string> {
  const { PATH = '' } = process.env
  const own = Object.entries(process.env).filter(([name]) => !ofTests.test(name))
  return { ...Object.fromEntries(own), PATH: `${dirname(process.execPath)}:${PATH}` }
}

import { spawn } from 'node:child_process'
import type { ChildProcess, StdioOptions } from 'node:child_process'
import type * as Wrangler from 'wrangler'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { projectFolder } from './project-folder.ts'
import { UsageError } from '#cli/terminal/usage.ts'
import { WranglerError } from './wrangler-error.ts'
import { wranglerFailure } from './wrangler-failure.ts'

/**
 * The file of the project's wrangler, which is also its library. A server that was installed without it
 * cannot reach Cloudflare.
 */
export function wranglerProgram(): string {
  try {
    return createRequire(join(projectFolder, 'package.json')).resolve('wrangler')
  } catch (error) {
    throw new UsageError(
      'This needs wrangler. Run the command in a checkout of Arete, or in a project that installs wrangler.',
      { cause: error },
    )
  }
}

/** Otherwise local runs fetch example metadata of requests from the internet. */
const wranglerEnvironment = { CLOUDFLARE_CF_FETCH_ENABLED: 'false', WRANGLER_SEND_METRICS: 'false' }

/** The user's log level for wrangler. */
const { WRANGLER_LOG } = process.env

/**
 * Loads wrangler as a library and silences all but warnings. It takes a second, so it is not loaded
 * for help texts or invalid command lines.
 */
export async function loadWrangler(): Promise<typeof Wrangler> {
  const program = wranglerProgram()
  Object.assign(process.env, wranglerEnvironment, { WRANGLER_LOG: WRANGLER_LOG ?? 'warn' })
  return (await import(pathToFileURL(program).href)) as typeof Wrangler
}

/**
 * Starts the project's wrangler with the Node of this process.
 *
 * There is no shell, so arguments are passed unchanged. `detached` makes it the leader of its own
 * process group.
 */
export function startWrangler(
  args: readonly string[],
  options: {
    readonly stdio: StdioOptions
    readonly detached?: boolean
    readonly env?: Readonly<Record<string, string>>
  },
): ChildProcess {
  return spawn(process.execPath, ['--no-warnings', wranglerProgram(), ...args], {
    cwd: projectFolder,
    env: {
      ...process.env,
      ...wranglerEnvironment,
      // As a program it prints its results.
      WRANGLER_LOG,
      ...options.env,
    },
    stdio: options.stdio,
    detached: options.detached ?? false,
  })
}

/**
 * Runs wrangler without prompts and returns its standard output.
 *
 * @param input its standard input. Pass secrets here: every user of the machine can read arguments.
 * @throws {WranglerError} If wrangler fails.
 */
export function runWrangler(args: readonly string[], input?: string): Promise<string> {
  const stdin = input === undefined ? 'ignore' : 'pipe'
  const wrangler = startWrangler(args, { stdio: [stdin, 'pipe', 'pipe'] })
  // If wrangler exits before it has read everything, its exit code says so.
  wrangler.stdin?.on('error', () => undefined).end(input)
  let output = ''
  let complaints = ''
  wrangler.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text))
  wrangler.stderr?.setEncoding('utf8').on('data', (text: string) => (complaints += text))

  return new Promise((resolve, reject) => {
    wrangler.once('error', reject)
    wrangler.once('close', (code) => {
      if (code === 0) resolve(output)
      else reject(new WranglerError(wranglerFailure(output + complaints)))
    })
  })
}

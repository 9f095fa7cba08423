import { spawn } from 'node:child_process'
import type { ChildProcess, StdioOptions } from 'node:child_process'
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import type * as Wrangler from 'wrangler'
import { fileURLToPath } from 'node:url'
import { wranglerFailure } from './wrangler-failure.ts'

/** The folder of the checkout, in which wrangler finds its configuration and keeps its state. */
export const projectFolder = join(import.meta.dirname, '../..')

const wranglerProgram = fileURLToPath(import.meta.resolve('wrangler'))

/** Local runs would else fetch example metadata of requests from the internet. */
const wranglerEnvironment = { CLOUDFLARE_CF_FETCH_ENABLED: 'false', WRANGLER_SEND_METRICS: 'false' }

/** How much wrangler logs, as the user has set it. */
const { WRANGLER_LOG } = process.env

/**
 * Loads wrangler as a library that keeps to itself what is no warning. It takes a second, for which
 * nobody waits who asks for help or mistypes.
 */
export async function loadWrangler(): Promise<typeof Wrangler> {
  // What was compiled once is kept among the temporary files: half of that second.
  enableCompileCache()
  Object.assign(process.env, wranglerEnvironment, { WRANGLER_LOG: WRANGLER_LOG ?? 'warn' })
  return await import('wrangler')
}

/** Wrangler ended with a failure; the message says what it printed. */
export class WranglerError extends Error {
  override readonly name = 'WranglerError'
}

/**
 * Starts the wrangler of this project with the Node that runs this process.
 *
 * No shell is involved, so arguments reach wrangler as they are. `detached` makes it the leader of a
 * process group of its own.
 */
export function startWrangler(
  args: readonly string[],
  options: {
    readonly stdio: StdioOptions
    readonly detached?: boolean
    readonly env?: Readonly<Record<string, string>>
  },
): ChildProcess {
  return spawn(process.execPath, ['--no-warnings', wranglerProgram, ...args], {
    cwd: projectFolder,
    env: {
      ...process.env,
      ...wranglerEnvironment,
      // As a program it prints what it is asked for.
      WRANGLER_LOG,
      ...options.env,
    },
    stdio: options.stdio,
    detached: options.detached ?? false,
  })
}

/**
 * Runs wrangler to its end, asking nothing, and gives what it printed to standard output.
 *
 * @param input what it reads from standard input; the way for secrets, which every user of the
 *   machine could read among the arguments
 * @throws {WranglerError} when wrangler fails
 */
export function runWrangler(args: readonly string[], input?: string): Promise<string> {
  const stdin = input === undefined ? 'ignore' : 'pipe'
  const wrangler = startWrangler(args, { stdio: [stdin, 'pipe', 'pipe'] })
  // Should wrangler end before it has read, its exit code says so.
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

import { once } from 'node:events'
import { createServer } from 'node:net'
import { UsageError } from '#cli/terminal/usage.ts'

/** The address of local servers in the Workers runtime. */
export const localHost = '127.0.0.1'

/** The port of local servers, unless another is named. */
export const usualPort = 8787

/**
 * Parses a port.
 *
 * @throws {UsageError}
 */
export function readPort(text: string | undefined): number {
  if (text === undefined || text === '') return usualPort
  const port = Number(text)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw new UsageError(`"${text}" is not a port; a port is a number from 1 to 65535.`)
}

/**
 * Checks a port first, since the runtime would fail last, with a stack trace.
 *
 * @param command the command that takes `--port`
 * @throws {UsageError} If it cannot be used.
 */
export async function expectFreePort(port: number, command: string): Promise<void> {
  const probe = createServer()
  try {
    probe.listen(port, localHost)
    await once(probe, 'listening')
  } catch (error) {
    throw new UsageError(await whyNotOn(port, command, error), { cause: error })
  }
  probe.close()
  await once(probe, 'close')
}

async function whyNotOn(port: number, command: string, error: unknown): Promise<string> {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EACCES') return `This user may not listen on port ${port}. Choose one from 1024 up.`
  if (code !== 'EADDRINUSE') return `Cannot listen on port ${port}: ${String(error)}`
  const another = `${command} --port ${port < 65_535 ? port + 1 : usualPort}`
  return (await isArete(port))
    ? `Arete is already running: http://${localHost}:${port}. To run another one: ${another}`
    : `Port ${port} is taken by another program. Choose another: ${another}`
}

/**
 * True if a local Arete is listening there. PocketBase's health check looks the same, except for
 * this header.
 */
async function isArete(port: number): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(10_000)
    const { headers, body } = await fetch(`http://${localHost}:${port}/api/health`, { signal })
    await body?.cancel()
    return headers.get('Server-Timing')?.startsWith('d1;') ?? false
  } catch {
    // Anything that does not speak HTTP, or does not respond in time, is not Arete.
    return false
  }
}

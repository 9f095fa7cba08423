import type { ParityServer } from './server.ts'

/** Builds the Worker and serves it. */
export async function startArete(): Promise<ParityServer> {
  throw new Error('not yet')
}

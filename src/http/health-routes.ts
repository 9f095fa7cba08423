import { type Context, Hono } from 'hono'
import { answer } from './answer.ts'
import type { AppEnv } from './app-env.ts'
import { clientIp, type ProxyTrust, possibleProxyHeader } from '#http/network/client-ip.ts'

/** The part of the health check that lies above HTTP. */
export interface HealthDetails {
  readonly settings: ProxyTrust
  /** The state of backups, as the response has it. */
  readonly backups: object
}

/** Reads the details for a superuser; undefined for other callers. */
export type ReadHealthDetails = (c: Context<AppEnv>) => Promise<HealthDetails | undefined>

/**
 * The health check. Its response has details for superusers. Database: none without a token, else
 * the cost of the details.
 */
export function createHealthRoutes(readDetails: ReadHealthDetails) {
  return new Hono<AppEnv>().get('/health', async (c) => {
    const hasToken = c.req.header('Authorization') !== undefined
    const details = hasToken ? await readDetails(c) : undefined
    const data = details === undefined ? {} : dataOf(c, details)
    return answer(c, JSON.stringify({ message: 'API is healthy.', code: 200, data }))
  })
}

function dataOf(c: Context<AppEnv>, { settings, backups }: HealthDetails): object {
  return {
    ...backups,
    possibleProxyHeader: possibleProxyHeader(c, settings),
    realIP: clientIp(c, settings),
  }
}

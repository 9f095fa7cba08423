import { Hono } from 'hono'
import type { AppEnv } from './app-env.ts'
import { clientIp, possibleProxyHeader } from './client-ip.ts'

/**
 * Whether the API is there. Superusers also learn how it sees them. Database: none for guests, else
 * 1 batch.
 */
export const healthRoutes = new Hono<AppEnv>().get('/health', async (c) => {
  const isGuest = c.req.header('Authorization') === undefined
  const data = isGuest
    ? {}
    : await c.var.transactor.read(({ caller, catalog: { settings } }) => ({
        statements: [],
        answer: () =>
          caller?.isSuperuser === true
            ? {
                canBackup: true,
                possibleProxyHeader: possibleProxyHeader(c, settings),
                realIP: clientIp(c, settings),
              }
            : {},
      }))
  return c.json({ message: 'API is healthy.', code: 200, data })
})

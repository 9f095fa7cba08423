import { Hono } from 'hono'
import { readActivity, selectActivity } from '#backups/store.ts'
import type { AppEnv } from '#http/app-env.ts'
import { clientIp, possibleProxyHeader } from '#http/client-ip.ts'

/**
 * Whether the API is there. Superusers also learn how it sees them. Database: none without a token,
 * else 1 batch.
 */
export const healthRoutes = new Hono<AppEnv>().get('/health', async (c) => {
  const hasToken = c.req.header('Authorization') !== undefined
  const data = !hasToken
    ? {}
    : await c.var.transactor.read(({ caller, catalog: { settings } }) => ({
        statements: [selectActivity],
        answer: ([activity = []]) =>
          caller?.isSuperuser === true
            ? {
                ...readActivity(activity),
                possibleProxyHeader: possibleProxyHeader(c, settings),
                realIP: clientIp(c, settings),
              }
            : {},
      }))
  return c.json({ message: 'API is healthy.', code: 200, data })
})

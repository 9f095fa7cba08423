import { sql } from 'drizzle-orm'
import { Hono } from 'hono'
import { one } from '#database/query.ts'
import type { AppEnv } from '#http/app-env.ts'
import { isOwnMachine } from '#http/network/own-machine.ts'

/**
 * The properties of a deployment that a client needs before sign-in. They are public, so they only
 * contain what the sign-in page shows.
 */
export const areteRoutes = new Hono<AppEnv>().get('/arete', async (c) => {
  const local = isOwnMachine(c)
  const answer = await c.get('services').transactor.read((context) => {
    c.get('services').rateLimiter.count(context)
    const { appName } = context.catalog.settings.meta
    return one(selectSetup, ([row]) => ({
      dashboard: { setup: row?.['isOpen'] === 1, signIn: ['_superusers'], appName, local },
    }))
  })
  c.header('Cache-Control', 'no-store')
  return c.json(answer)
})

const selectSetup = sql`SELECT NOT EXISTS (SELECT 1 FROM "_superusers") AS "isOpen"`

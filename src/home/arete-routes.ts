import { sql } from 'drizzle-orm'
import { Hono } from 'hono'
import { one } from '#database/query.ts'
import type { AppEnv } from '#http/app-env.ts'
import { isOwnMachine } from '#http/network/own-machine.ts'
import { hostName } from '#platform/host-name.ts'
import type { Settings } from '#settings/settings.ts'
import type { ApplicationParts } from './application-parts.ts'
import { areteVersion, features, pocketbaseVersion } from './version.ts'

/**
 * The properties of a deployment. Everyone sees those that a client needs before sign-in, so they only
 * contain what the sign-in page shows, and no version: a stranger would look up its faults. Superusers
 * see the rest.
 *
 * @param application undefined without one
 */
export function createAreteRoutes(application: ApplicationParts | undefined) {
  return new Hono<AppEnv>().get('/arete', async (c) => {
    const local = isOwnMachine(c)
    const answer = await c.get('services').transactor.read((context) => {
      c.get('services').rateLimiter.count(context)
      const { settings } = context.catalog
      const { appName } = settings.meta
      const isSuperuser = context.caller?.isSuperuser === true
      return one(selectSetup, ([row]) => ({
        features,
        dashboard: { setup: row?.['isOpen'] === 1, signIn: ['_superusers'], appName, local },
        ...(isSuperuser && detailsOf(settings, application)),
      }))
    })
    c.header('Cache-Control', 'no-store')
    return c.json(answer)
  })
}

function detailsOf({ batch }: Settings, application: ApplicationParts | undefined) {
  return {
    version: areteVersion,
    pocketbase: pocketbaseVersion,
    host: hostName(),
    limits: {
      batchRequests: batch.enabled ? batch.maxRequests : 0,
      batchSeconds: batch.timeout,
      batchBytes: batch.maxBodySize,
    },
    application: application ?? null,
  }
}

const selectSetup = sql`SELECT NOT EXISTS (SELECT 1 FROM "_superusers") AS "isOpen"`

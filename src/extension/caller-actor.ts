import type { Context } from 'hono'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { AppEnv } from '#http/app-env.ts'
import { guestSearches } from '#limits/guest-limits.ts'
import { guestRequest, requestInfo } from '#records/request-info.ts'
import { oldPasswordClaim, planStoredHash, proveOldPassword } from '#records/write/old-password.ts'
import { writeTarget } from '#records/write-target.ts'
import type { Actor } from './actor.ts'
import type { RequestCallerState } from './request-caller.ts'

/** The caller of a request: rules, hidden fields, guards and limits exactly as over HTTP. */
export function callerActor(c: Context<AppEnv>, state: RequestCallerState): Actor {
  const services = c.get('services')
  const { transactor, passwords, fileStore, rateLimiter } = services
  return {
    transactor,
    passwords,
    fileStore,
    enter(context) {
      state.check(context)
      return context
    },
    guard: (context, plan) => ({
      ...plan,
      read: (rows) => {
        state.confirm(context)
        return plan.read(rows)
      },
    }),
    // The parameters of the route are not parameters of the call.
    info({ method, expand }) {
      const { headers } = requestInfo(c)
      return guestRequest({ context: 'default', method, query: { expand }, headers })
    },
    admit(context, collection, action, hasFilter = false) {
      const guestLimit = hasFilter ? guestSearches : undefined
      const target =
        action === 'list' || action === 'view'
          ? { collection, tags: [action], guestLimit }
          : writeTarget(collection, action)
      rateLimiter.count(context, target)
    },
    foundNothing: (context, collection) => rateLimiter.delayProbing(context, collection.id),
    async prove(context, collection, id, body) {
      const claim = oldPasswordClaim(context, collection, id, body)
      if (claim === undefined) return undefined
      const hash = await transactor.write((asked: PlanContext) =>
        planStoredHash(rateLimiter, asked, claim),
      )
      return await proveOldPassword(services, context, claim, hash)
    },
  }
}

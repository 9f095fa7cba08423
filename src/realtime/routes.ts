import { Hono } from 'hono'
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { AppEnv } from '#http/app-env.ts'
import type { Caller } from '#http/caller.ts'
import { constant } from '#database/query.ts'
import { clientIp } from '#http/network/client-ip.ts'
import { readForm } from '#http/body/form.ts'
import { bodyLimit } from '#http/body/raw-body.ts'
import { budget } from '#kernel/budget.ts'
import { ApiError, commonErrors, type FieldIssue, type Issues } from '#kernel/errors.ts'
import { eachFault, issuesOf, firstIssue, length, required } from '#go-compat/validation-rules.ts'
import type { RealtimeAccount, RealtimeShards, SubscribeOutcome } from '#platform/realtime.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { filtersThroughRelations } from '#records/relation-filter.ts'
import { shardOfClient } from './client-id.ts'
import { realtimeErrors } from './errors.ts'
import { streamHeaders } from './protocol.ts'
import { secretDigest } from './secret-digest.ts'
import { keptTopics } from './subscribe-hooks.ts'
import { readTopic } from './topics.ts'

declare module '#http/app-env.ts' {
  interface RequestServices {
    /** The shards of realtime; undefined if there are none. */
    readonly realtimeShards: RealtimeShards | undefined
  }
}

const subscribeForm = lazy(() =>
  z.object({
    clientId: z.string().default(''),
    subscriptions: z.array(z.string()).default([]),
  }),
)

/** Routes for the stream of events and for subscribing. */
export const realtimeRoutes = new Hono<AppEnv>()
  .get('/realtime', async (c) => {
    const shards = shardsOf(c.get('services').realtimeShards)
    const ip = await c.get('services').transactor.read((context) => {
      c.get('services').rateLimiter.count(context)
      return constant(clientIp(c, context.catalog.settings))
    })
    const number = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0
    const opening = new Request(c.req.url, { headers: { 'X-Client-Ip': ip } })
    const opened = await shards.shard(number % shards.count).fetch(opening)
    if (!opened.ok) throw new ApiError(commonErrors.unavailable)
    return new Response(opened.body, { headers: streamHeaders })
  })
  .post('/realtime', bodyLimit(budget.largeFormBytes), async (c) => {
    const shards = shardsOf(c.get('services').realtimeShards)
    const { clientId, subscriptions } = await readForm(c, subscribeForm(), commonErrors.badRequest)
    const {
      ip,
      account,
      context: planned,
    } = await c.get('services').transactor.read(async (context) => {
      c.get('services').rateLimiter.count(context)
      const issues = faultsOf(clientId, subscriptions)
      if (Object.keys(issues).length > 0) throw new ApiError(commonErrors.badRequest, { issues })
      const found = await accountOf(context)
      if (found === undefined) refuseRelationFilters(context, subscriptions)
      return constant({ ip: clientIp(c, context.catalog.settings), account: found, context })
    })
    const shard = shardOfClient(clientId, shards.count)
    if (shard === undefined) throw new ApiError(realtimeErrors.clientMissing)
    const kept = await keptTopics(planned, subscriptions)
    const command = { clientId, clientIp: ip, subscriptions: kept, account }
    refuse(await shards.shard(shard).subscribe(command))
    return c.body(null, 204)
  })

function shardsOf(shards: RealtimeShards | undefined): RealtimeShards {
  if (shards === undefined) throw new ApiError(commonErrors.unavailable)
  return shards
}

const maxClientIdLength = 255
const maxSubscriptions = 1000
const maxSubscriptionLength = 2500

function faultsOf(clientId: string, subscriptions: readonly string[]): Issues {
  return issuesOf({
    clientId: firstIssue(clientId, required, length(1, maxClientIdLength)),
    subscriptions:
      firstIssue(subscriptions, length(0, maxSubscriptions)) ??
      eachFault(subscriptions, length(0, maxSubscriptionLength)),
  })
}

const relationFilter: FieldIssue = {
  code: 'validation_relation_filter',
  message: 'Guests cannot filter through relations. Filter by fields of the record, or sign in.',
}

/**
 * A filter through relations is evaluated for every change, and any client could make up thousands
 * of them.
 */
function refuseRelationFilters({ catalog }: PlanContext, subscriptions: readonly string[]): void {
  const issues = eachFault(subscriptions, (text) => {
    const { collection: name, query } = readTopic(text)
    const collection = catalog.collections.find(name)
    if (collection === undefined) return undefined
    const isRefused = filtersThroughRelations(collection, query['filter'] ?? '')
    return isRefused ? relationFilter : undefined
  })
  if (Object.keys(issues).length > 0) {
    throw new ApiError(commonErrors.badRequest, { issues: { subscriptions: issues } })
  }
}

/** The caller as a connection keeps it. The batch confirms the session. */
async function accountOf({ caller, catalog }: PlanContext): Promise<RealtimeAccount | undefined> {
  const session = await caller?.session()
  const collection = caller && catalog.collections.find(caller.collectionId)
  if (caller === undefined || session === undefined || collection?.auth === undefined) {
    return undefined
  }
  return {
    ...identityOf(caller),
    tokenKey: session.tokenKey,
    secretDigest: await secretDigest(collection.auth.authToken.secret),
  }
}

function identityOf({ collectionId, recordId, sessionId, isSuperuser }: Caller) {
  return { collectionId, recordId, sessionId, isSuperuser }
}

const refusals = {
  missing: realtimeErrors.clientMissing,
  otherAddress: realtimeErrors.otherAddress,
  otherAccount: realtimeErrors.otherAccount,
  tooMuch: commonErrors.bodyTooLarge,
  full: commonErrors.unavailable,
  tooManyOptions: realtimeErrors.tooManyOptions,
}

function refuse(outcome: SubscribeOutcome): void {
  if (outcome !== 'subscribed') throw new ApiError(refusals[outcome])
}

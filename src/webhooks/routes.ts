import { type Context, Hono } from 'hono'
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { AppEnv } from '#http/app-env.ts'
import { readForm, readPartialForm } from '#http/body/form.ts'
import { assertSuperuser } from '#http/guards.ts'
import { queryMap, readPaging } from '#http/query.ts'
import { map } from '#database/query.ts'
import {
  planDeliveryList,
  planDeliveryView,
  planReplay,
  planReplayOne,
  readRange,
} from './deliveries.ts'
import { atLeast, atMost, assertValid, firstIssue, issuesOf } from '#go-compat/validation-rules.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import {
  formOf,
  type ManageContext,
  planCreateWebhook,
  planDeleteWebhook,
  planRotate,
  planUpdateWebhook,
  selectWebhook,
  selectWebhookJson,
  selectWebhooks,
} from './manage-webhooks.ts'
import { webhookErrors } from './errors.ts'
import { ownHosts } from './own-hosts.ts'
import { type WebhookForm, webhookForm } from './webhook-form.ts'

const weekSeconds = 7 * 24 * 60 * 60
const rotateForm = lazy(() => z.object({ keepSeconds: z.number().default(24 * 60 * 60) }))

const replayForm = lazy(() =>
  z.object({
    since: z.string().default(''),
    until: z.string().default(''),
    state: z.string().default(''),
  }),
)

/** Routes for superusers to manage webhooks and their deliveries. Database: 1 batch; 2 to change a webhook. */
export const webhookRoutes = new Hono<AppEnv>()
  .get('/webhooks', async (c) => {
    const items = await c.get('services').transactor.read((context) => {
      admit(c, context)
      return selectWebhooks(context)
    })
    return c.json({ items })
  })
  .post('/webhooks', async (c) => {
    const created = await c.get('services').transactor.write(async (context) => {
      admit(c, context)
      return await planCreateWebhook(manageContext(c, context), await readForm(c, webhookForm()))
    })
    c.header('Cache-Control', 'no-store')
    return c.json(created)
  })
  .get('/webhooks/:id', async (c) => {
    const webhook = await c.get('services').transactor.read((context) => {
      admit(c, context)
      return selectWebhookJson(context, c.req.param('id'))
    })
    return c.json(webhook)
  })
  .patch('/webhooks/:id', async (c) => {
    const stored = await c.get('services').transactor.read((context) => {
      admit(c, context)
      return selectWebhook(c.req.param('id'))
    })
    const changed = await c.get('services').transactor.write(async (context) => {
      assertSuperuser(context.caller)
      const changes = await readPartialForm(c, webhookForm())
      const form = parseForm({ ...formOf(context.catalog, stored), ...changes })
      return await planUpdateWebhook(manageContext(c, context), stored, form)
    })
    return c.json(changed)
  })
  .delete('/webhooks/:id', async (c) => {
    await c.get('services').transactor.write((context) => {
      admit(c, context)
      return planDeleteWebhook(c.req.param('id'))
    })
    return c.body(null, 204)
  })
  .post('/webhooks/:id/rotate', async (c) => {
    const rotated = await c.get('services').transactor.write(async (context) => {
      admit(c, context)
      const { keepSeconds } = await readForm(c, rotateForm())
      assertValid(
        issuesOf({ keepSeconds: firstIssue(keepSeconds, atLeast(0), atMost(weekSeconds)) }),
      )
      return await planRotate(manageContext(c, context), c.req.param('id'), keepSeconds)
    })
    c.header('Cache-Control', 'no-store')
    return c.json(rotated)
  })
  .post('/webhooks/:id/test', async (c) => {
    const { ports } = c.get('services').webhooks
    const { webhook, catalog } = await c.get('services').transactor.read((context) => {
      admit(c, context)
      return map(selectWebhook(c.req.param('id')), (found) => ({
        webhook: found,
        catalog: context.catalog,
      }))
    })
    if (ports === undefined) throw new ApiError(webhookErrors.notSent)
    const { testWebhook } = await import('./test-webhook.ts')
    return c.json(await testWebhook(ports, catalog, webhook))
  })
  .get('/webhooks/:id/deliveries', async (c) => {
    const page = await c.get('services').transactor.read((context) => {
      admit(c, context)
      const query = queryMap(c.req.url)
      return planDeliveryList(context, c.req.param('id'), {
        ...readRange(query),
        ...readPaging(query),
      })
    })
    return c.json(page)
  })
  .get('/webhooks/deliveries/:id', async (c) => {
    const delivery = await c.get('services').transactor.read((context) => {
      admit(c, context)
      return planDeliveryView(context, c.req.param('id'))
    })
    return c.json(delivery)
  })
  .post('/webhooks/deliveries/:id/replay', async (c) => {
    const replayed = await c.get('services').transactor.write((context) => {
      admit(c, context)
      return planReplayOne(context, c.req.param('id'))
    })
    c.get('services').webhooks.wake()
    return c.json(replayed, 202)
  })
  .post('/webhooks/:id/replay', async (c) => {
    const replayed = await c.get('services').transactor.write(async (context) => {
      admit(c, context)
      const form = await readForm(c, replayForm())
      return planReplay(context, c.req.param('id'), readRange(form))
    })
    c.get('services').webhooks.wake()
    return c.json(replayed, 202)
  })

function parseForm(document: unknown): WebhookForm {
  const parsed = webhookForm().safeParse(document)
  if (!parsed.success) throw new ApiError(commonErrors.loadingFailed, { cause: parsed.error })
  return parsed.data
}

function admit(c: Context<AppEnv>, context: PlanContext): void {
  c.get('services').rateLimiter.count(context)
  assertSuperuser(context.caller)
}

function manageContext(c: Context<AppEnv>, context: PlanContext): ManageContext {
  const { catalog, now } = context
  const isLocal = c.env.LOCAL_INBOX === '1'
  const hosts = [new URL(c.req.url).hostname, ...ownHosts(catalog.settings)]
  return { catalog, now, keys: c.env, target: { isLocal, ownHosts: hosts } }
}

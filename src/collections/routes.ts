import { type Context, Hono } from 'hono'
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { AppEnv } from '#http/app-env.ts'
import { readForm, readPartialForm } from '#http/body/form.ts'
import { assertSuperuser } from '#http/guards.ts'
import { queryMap, readPaging } from '#http/query.ts'
import { bodyLimit } from '#http/body/raw-body.ts'
import { budget } from '#kernel/budget.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { assertValid, issuesOf, firstIssue, length, required } from '#go-compat/validation-rules.ts'
import { collectionBodyShape } from './decode-definition.ts'
import { definitionJson } from './definition-json.ts'
import { planDelete } from './delete-collection.ts'
import type { CollectionBody } from './draft-definition.ts'
import type { CollectionImport } from './draft-import.ts'
import { planDryRun } from '#collections/views/dry-run-view.ts'
import { collectionErrors } from './errors.ts'
import { assertNotKeptInCode } from './kept-in-code.ts'
import { planImport } from './import-collections.ts'
import { planCollectionList } from './list-collections.ts'
import { oauth2Providers } from '#catalog/oauth2-providers.ts'
import { definitionsOf, planCreate, planUpdate } from './save-collection.ts'
import { scaffold } from '#catalog/scaffolds.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { constant, map, type Plan } from '#database/query.ts'
import { namedValues } from '#kernel/named-values.ts'

/** Routes for superusers to list, view, create, update, delete and import collections. */
export const collectionRoutes = new Hono<AppEnv>()
  .get('/collections/meta/scaffolds', async (c) => {
    const scaffolds = () => ({
      auth: definitionJson(scaffold('auth')),
      base: definitionJson(scaffold('base')),
      view: definitionJson(scaffold('view')),
    })
    return c.json(await read(c, () => answerWith(scaffolds)))
  })
  .get('/collections/meta/oauth2-providers', async (c) =>
    c.json(await read(c, () => answerWith(() => oauth2Providers))),
  )
  .post('/collections/meta/dry-run-view', async (c) => {
    const run = await read(c, async (context) =>
      planDryRun(definitionsOf(context), await readQuery(c)),
    )
    return c.json(run)
  })
  .put('/collections/import', bodyLimit(budget.textBytes), async (c) => {
    await write(c, async (context) => planImport(context, await readImport(c)))
    return c.body(null, 204)
  })
  .get('/collections', async (c) => {
    const page = await read(c, ({ now }) => {
      const query = queryMap(c.req.url)
      const { filter = '', sort = '' } = query
      return planCollectionList(now, { ...readPaging(query), filter, sort })
    })
    return c.json(page)
  })
  .post('/collections', bodyLimit(budget.textBytes), async (c) => {
    const collection = await write(c, async (context) =>
      planCreate(c.get('services').db, context, await readNewCollection(c)),
    )
    return c.json(collection)
  })
  .get('/collections/:collection', async (c) => {
    const collection = await read(c, ({ catalog }) => {
      const found = catalog.collections.find(c.req.param('collection'))
      if (found === undefined) throw new ApiError(commonErrors.notFound)
      return answerWith(() => definitionJson(found.definition))
    })
    return c.json(collection)
  })
  .patch('/collections/:collection', bodyLimit(budget.textBytes), async (c) => {
    const idOrName = c.req.param('collection')
    const collection = await write(c, async (context) =>
      planUpdate(c.get('services').db, context, idOrName, await readCollection(c)),
    )
    return c.json(collection)
  })
  .delete('/collections/:collection', async (c) => {
    await write(c, (context) => planDelete(context, c.req.param('collection')))
    return c.body(null, 204)
  })

type Planner<T> = (context: PlanContext) => Plan<T> | Promise<Plan<T>>

function read<T>(c: Context<AppEnv>, plan: Planner<T>): Promise<T> {
  return c.get('services').transactor.read(forSuperusers(c, plan))
}

function write<T>(c: Context<AppEnv>, plan: Planner<T>): Promise<T> {
  return c.get('services').transactor.write(
    forSuperusers(c, (context) => {
      assertNotKeptInCode(context)
      return plan(context)
    }),
  )
}

/** Authorises the caller before anything else of the request is read. */
function forSuperusers<T>(c: Context<AppEnv>, plan: Planner<T>): Planner<T> {
  return (context) => {
    c.get('services').rateLimiter.count(context)
    assertSuperuser(context.caller)
    return plan(context)
  }
}

/** A plan that queries nothing but confirms the caller. */
function answerWith<T>(answer: () => T): Plan<T> {
  return map(constant(undefined), answer)
}

const text = lazy(() => z.string().default(''))

async function readNewCollection(c: Context<AppEnv>): Promise<CollectionBody> {
  await readForm(c, z.object({ type: text(), name: text() }), collectionErrors.typeMalformed)
  return await readCollection(c)
}

async function readCollection(c: Context<AppEnv>): Promise<CollectionBody> {
  return await readPartialForm(c, collectionBodyShape(), collectionErrors.malformed)
}

const maxQueryBytes = 5000

async function readQuery(c: Context<AppEnv>): Promise<string> {
  const { query } = await readForm(c, z.object({ query: text() }))
  assertValid(issuesOf({ query: firstIssue(query, required, length(0, maxQueryBytes)) }))
  return query
}

const importShape = lazy(() =>
  z.object({
    collections: z.array(namedValues(z.unknown())).default([]),
    deleteMissing: z.boolean().default(false),
  }),
)

async function readImport(c: Context<AppEnv>): Promise<CollectionImport> {
  const request = await readForm(c, importShape())
  assertValid(issuesOf({ collections: required(request.collections) }))
  return request
}

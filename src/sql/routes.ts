import { Hono } from 'hono'
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { AppEnv } from '#http/app-env.ts'
import { readForm } from '#http/body/form.ts'
import { assertSuperuser } from '#http/guards.ts'
import { assertValid, issuesOf, firstIssue, length, required } from '#go-compat/validation-rules.ts'
import { guardRawDatabase } from '#platform/outages.ts'
import { planSqlRead, planSqlWrite, sqlFailure } from './run-sql.ts'
import { parseSuperuserStatement } from './superuser-statement.ts'

const form = lazy(() => z.object({ query: z.string().default('') }))
const maxQueryLength = 5000

/**
 * Lets superusers run SQL, one statement at a time, without rules, hooks and validation. Database:
 * 1 batch, and 1 more trip for reads.
 */
export const sqlRoutes = new Hono<AppEnv>().post('/sql', async (c) => {
  const started = performance.now()
  const result = await c.get('services').transactor.write(async (context) => {
    c.get('services').rateLimiter.count(context)
    assertSuperuser(context.caller)
    const { query } = await readForm(c, form())
    assertValid(issuesOf({ query: firstIssue(query, required, length(0, maxQueryLength)) }))
    const parsed = parseSuperuserStatement(query)
    if (!parsed.ok) throw sqlFailure(parsed.fault)

    const { statement } = parsed
    return statement.kind === 'write'
      ? planSqlWrite(statement, started)
      : planSqlRead(guardRawDatabase(c.env.DB), statement, started)
  })
  return c.json(result)
})

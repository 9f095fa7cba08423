/*
 * The baseline: a Hono handler that sends recorded SQL to D1 and responds with the rows, and does
 * nothing else. The difference is the product's own work.
 */
import { Hono } from 'hono'
import { replayPath } from './recording.ts'
import type { RecordedStatement, Replay } from './recording.ts'

let replay: Replay = { batches: [], keys: [] }

const app = new Hono<{ Bindings: { DB: D1Database; SESSIONS: KVNamespace } }>()

app.put(replayPath, async (c) => {
  replay = await c.req.json<Replay>()
  return c.body(null, 204)
})

app.all('*', async (c) => {
  const { unique } = replay
  const reads = replay.keys.map((key) => c.env.SESSIONS.get(key))
  const replacement = unique === undefined ? undefined : crypto.randomUUID().slice(0, unique.length)
  const rows = []
  for (const batch of replay.batches) {
    const results = await c.env.DB.batch(
      batch.map(({ sql, params }) =>
        c.env.DB.prepare(sql).bind(...withUnique(params, unique, replacement)),
      ),
    )
    rows.push(...results.map(({ results: found }) => found))
  }
  await Promise.all(reads)
  return c.json({ rows })
})

function withUnique(
  params: RecordedStatement['params'],
  unique: string | undefined,
  replacement: string | undefined,
): readonly unknown[] {
  if (unique === undefined || replacement === undefined) return params
  return params.map((value) =>
    typeof value === 'string' ? value.replaceAll(unique, replacement) : value,
  )
}

export default app

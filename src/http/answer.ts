import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { AppEnv } from './app-env.ts'
import { timingOf } from './server-timing.ts'

/** The content type of JSON. */
export const json = { 'Content-Type': 'application/json' }

/**
 * Responds with all headers at once: the route's own, and the headers of every response. Where requests are frequent
 * this replaces `c.body` and `c.json`, which copy each header several times: on Node a tenth of a view.
 */
export function answer(
  c: Context<AppEnv, string>,
  body: string | null,
  own: Readonly<Record<string, string>> = json,
  status: ContentfulStatusCode | 304 = 200,
): Response {
  const headers = {
    ...c.get('headers'),
    'Server-Timing': timingOf(c.get('services').use),
    ...own,
  }
  const response = new Response(body, { status, headers })
  c.set('answered', response)
  return response
}

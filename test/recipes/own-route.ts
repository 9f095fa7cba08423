import { Hono } from 'hono'
import { type AreteEnv, defineApp, refuse, requireAuth } from '#extension/index.ts'

const routes = new Hono<AreteEnv>().post(
  '/api/posts/:id/publish',
  requireAuth('users'),
  async (c) => {
    const { arete } = c.var
    const id = c.req.param('id')
    const post = await arete.transact(async (tx) => {
      const found = await tx.get('posts', id)
      if (found.author !== arete.caller.account?.id) throw refuse('Not yours.', { status: 403 })
      tx.update('posts', id, { published: true })
      return found
    })
    return c.json({ published: post.id })
  },
)

export const app = defineApp({ routes })

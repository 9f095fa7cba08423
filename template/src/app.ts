import { defineApp, refuse, requireAuth, type AreteEnv } from 'arete'
import { Hono } from 'hono'

const routes = new Hono<AreteEnv>()
  .get('/api/hello', (c) => c.json({ hello: 'world' }))
  .get('/api/me', requireAuth('users'), (c) => c.json(c.var.arete.caller.account))

/** Everything that this application adds to Arete. */
export default defineApp({
  routes,
  hooks: {
    users: {
      beforeCreate(e) {
        if (e.data.name === 'admin') throw refuse({ name: 'Choose another name.' })
      },
    },
  },
})

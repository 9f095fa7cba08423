import { defineApp, refuse } from '#extension/index.ts'

const limit = 3

export const app = defineApp({
  hooks: {
    posts: {
      async beforeCreate(e) {
        if (e.caller === undefined || e.caller.isSuperuser) return
        const own = { filter: 'author = {:id}', params: { id: e.caller.id } }
        // Soft: two requests at the same moment may both pass.
        const count = await e.read('posts').count(own)
        if (count >= limit) throw refuse(`You can have ${limit} posts.`, { code: 'limit_reached' })
      },
    },
  },
})

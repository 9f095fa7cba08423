import { defineApp } from '#extension/index.ts'

export const app = defineApp({
  hooks: {
    comments: {
      beforeCreate(e) {
        if (e.data.post) e.batch.update('posts', e.data.post, { 'comments+': 1 })
      },
      async beforeDelete(e) {
        const comment = await e.stored()
        if (comment?.post) e.batch.update('posts', String(comment.post), { 'comments-': 1 })
      },
    },
  },
})

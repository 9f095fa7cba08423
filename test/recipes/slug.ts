import { defineApp, refuse } from '#extension/index.ts'

export const app = defineApp({
  hooks: {
    posts: {
      beforeCreate(e) {
        const words = e.data.title.toLowerCase().match(/[a-z0-9]+/g)
        if (words === null) throw refuse({ title: 'Must have a letter or a digit.' })
        e.data.slug = words.join('-')
      },
    },
  },
})

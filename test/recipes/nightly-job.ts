import { defineApp } from '#extension/index.ts'

export const app = defineApp({
  crons: [
    {
      id: 'remove-drafts',
      expression: '0 3 * * *',
      async run(arete) {
        const before = new Date(arete.now.getTime() - 30 * 24 * 60 * 60 * 1000)
        const filter = 'published = false && created < {:before}'
        for (;;) {
          const page = await arete
            .records('posts')
            .list({ filter, params: { before }, perPage: 100 })
          if (page.items.length === 0) return
          await arete.batch((tx) => {
            for (const { id } of page.items) tx.delete('posts', id)
          })
        }
      },
    },
  ],
})

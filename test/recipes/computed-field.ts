import { defineApp } from '#extension/index.ts'

export const app = defineApp({
  hooks: {
    posts: {
      enrich(record, e) {
        record.minutesToRead = Math.ceil(record.body.split(/\s+/).length / 200)
        record.isMine = record.author === e.caller?.id
        if (!record.isMine) delete record.notes
      },
    },
  },
})

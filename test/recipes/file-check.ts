import { defineApp, refuse } from '#extension/index.ts'

const pdf = new TextEncoder().encode('%PDF-')

export const app = defineApp({
  hooks: {
    posts: {
      beforeCreate(e) {
        for (const { field, head } of e.files) {
          const isPdf = pdf.every((byte, index) => head[index] === byte)
          if (!isPdf) throw refuse({ [field]: 'Must be a PDF.' })
        }
      },
    },
  },
})

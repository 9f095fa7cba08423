import * as z from 'zod'
import { defineApp, task } from '#extension/index.ts'

/** Repeated until it succeeds, for three days. */
const geocode = task(z.object({ id: z.string() }), async ({ id }, arete, { signal }) => {
  const { address } = await arete.records('places').get(id)
  const query = encodeURIComponent(String(address))
  const answer = await fetch(`https://geo.example.com/search?q=${query}`, { signal })
  if (!answer.ok) throw new Error(`The service answers ${answer.status}.`)
  const { location } = await answer.json<{ location: { lon: number; lat: number } }>()
  await arete.records('places').update(id, { location })
})

export const app = defineApp({
  tasks: { geocode },
  hooks: {
    places: {
      beforeCreate: (e) => e.batch.enqueue(geocode, { id: e.id }),
    },
  },
})

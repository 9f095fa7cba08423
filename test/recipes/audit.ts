import { type AfterEvent, defineApp, durable } from '#extension/index.ts'

const audit = durable('audit', async (e: AfterEvent, arete) => {
  const key = e.id
  const known = await arete.records('audit').first({ filter: 'key = {:key}', params: { key } })
  // A durable hook may run twice.
  if (known !== undefined) return
  await arete.records('audit').create({
    key,
    action: e.action,
    record: e.record.id,
    changed: e.changed.join(', '),
    who: e.caller?.id ?? '',
  })
})

export const app = defineApp({
  hooks: { contracts: { afterCreate: audit, afterUpdate: audit, afterDelete: audit } },
})

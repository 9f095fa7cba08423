import { type CollectionHooks, defineApp, durable } from '#extension/index.ts'

const nothing = (): void => undefined

/** One hook of each kind, which does nothing. */
const hooks: CollectionHooks = {
  beforeCreate: nothing,
  beforeUpdate: nothing,
  beforeDelete: nothing,
  beforeList: nothing,
  beforeView: nothing,
  beforeAuth: nothing,
  afterAuth: nothing,
  beforeSubscribe: nothing,
  beforeDownload: nothing,
  onSchemaChange: nothing,
  enrich: nothing,
}

/**
 * An application whose hooks do nothing, for every collection. Hooks after writes read the change,
 * so only the parity run has them.
 */
export const noOpApp = defineApp({ hooks: { '*': hooks }, mail: { before: (mail) => mail } })

/** The same with hooks after writes. */
export const followingApp = defineApp({
  hooks: {
    '*': {
      ...hooks,
      afterCreate: [nothing, durable('created', nothing)],
      afterUpdate: [nothing, durable('updated', nothing)],
      afterDelete: [nothing, durable('deleted', nothing)],
    },
  },
  mail: { before: (mail) => mail },
})

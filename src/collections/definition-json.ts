import { withoutSecrets } from '#catalog/auth-options.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'

/** A collection in API responses. */
export type CollectionJson = Readonly<Record<string, unknown>>

/** The public form of a definition: without secrets, with keys in PocketBase's order. */
export function definitionJson(definition: CollectionDefinition): CollectionJson {
  const common = {
    id: definition.id,
    listRule: definition.listRule,
    viewRule: definition.viewRule,
    createRule: definition.createRule,
    updateRule: definition.updateRule,
    deleteRule: definition.deleteRule,
    name: definition.name,
    type: definition.type,
    fields: definition.fields,
    indexes: definition.indexes,
    created: definition.created,
    updated: definition.updated,
    system: definition.system,
  }
  return definition.type === 'auth'
    ? { ...common, ...withoutSecrets(definition.options) }
    : { ...common, ...definition.options }
}

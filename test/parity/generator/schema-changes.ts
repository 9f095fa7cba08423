/*
 * Made-up changes of collections that hold records already.
 */
import type { Json } from '../client.ts'
import type { Random } from './random.ts'
import {
  type World,
  type WorldCollection,
  type WorldField,
  makeField,
  makeIndexes,
  makers,
} from './world.ts'

/** The target of a change. */
export type SchemaChange = Pick<WorldCollection, 'fields' | 'indexes'>

/** A change of one field, of the indexes, or a field more or less. */
export function makeSchemaChange(
  random: Random,
  world: World,
  collection: WorldCollection,
): SchemaChange {
  const { fields, indexes } = collection
  const changeable = fields.filter(({ definition }) => typeof definition['id'] === 'string')
  const add = (): SchemaChange => ({
    fields: [...fields, newField(random, world, collection)],
    indexes,
  })
  if (changeable.length === 0) return add()
  const field = random.pick(changeable)
  // PocketBase lets a column go that a view reads, and breaks the view.
  const isRead = world.collections.some(({ query }) => query?.includes(field.name) === true)
  const replaceBy = (changed: WorldField): SchemaChange => ({
    fields: fields.map((each) => (each === field ? changed : each)),
    indexes,
  })
  return random.weighted<() => SchemaChange>([
    [isRead ? 0 : 3, () => renamed(random, replaceBy, field)],
    [3, () => replaceBy(withFlag(random, field))],
    [3, () => replaceBy(withOptions(random, field))],
    [4, () => replaceBy(withOtherSize(field, collection))],
    [isRead ? 0 : 1, () => ({ fields: fields.filter((each) => each !== field), indexes })],
    [1, add],
    [2, () => ({ fields, indexes: makeIndexes(random, collection.name, fields) })],
  ])()
}

function newField(random: Random, world: World, collection: WorldCollection): WorldField {
  // Two that refer to each other could not be deleted in the end.
  const names = world.collections.map(({ name }) => name)
  const targets = names.slice(0, names.indexOf(collection.name) + 1)
  const field = makeField(random, random.between(20, 99), targets)
  return field.target === undefined ? field : withDefinition(field, { cascadeDelete: false })
}

/** Indexes mostly follow the new name. */
function renamed(
  random: Random,
  replaceBy: (changed: WorldField) => SchemaChange,
  field: WorldField,
): SchemaChange {
  const name = `${field.name}x`
  const { fields, indexes } = replaceBy({ ...withDefinition(field, { name }), name })
  const follows = random.chance(0.8)
  return {
    fields,
    indexes: follows
      ? indexes.map((index) => index.replaceAll(`\`${field.name}\``, `\`${name}\``))
      : indexes,
  }
}

function withFlag(random: Random, field: WorldField): WorldField {
  const flag = random.pick(['hidden', 'required', 'presentable'])
  const value = field.definition[flag] !== true
  return {
    ...withDefinition(field, { [flag]: value }),
    isHidden: flag === 'hidden' ? value : field.isHidden,
  }
}

function withOptions(random: Random, field: WorldField): WorldField {
  if (field.type === 'select') {
    const values = random.some(field.values)
    return { ...withDefinition(field, { values }), values }
  }
  const { id = '', name, type, hidden = false, required = false } = field.definition
  const options = makers[field.type]?.(random)
  if (options === undefined) return withDefinition(field, { minSelect: random.between(0, 2) })
  return {
    ...field,
    definition: { id, name: name ?? '', type: type ?? '', hidden, required, ...options },
  }
}

/** Converts between one and many values; other fields stay the same. */
function withOtherSize(field: WorldField, collection: WorldCollection): WorldField {
  const holdsValues = field.type === 'select' || field.type === 'relation'
  const isOwnCascade =
    field.target === collection.name && field.definition['cascadeDelete'] === true
  if (!holdsValues || isOwnCascade) return field
  const maxSelect = field.isMultiple ? 1 : 3
  return { ...withDefinition(field, { maxSelect, minSelect: 0 }), isMultiple: !field.isMultiple }
}

function withDefinition(
  field: WorldField,
  change: { readonly [option: string]: Json },
): WorldField {
  return { ...field, definition: { ...field.definition, ...change } }
}

import type { Json } from '../client.ts'
import { longId } from '../scenario.ts'
import type { Random } from './random.ts'

/** A field of a made-up collection: what the generator has to know to use it. */
export interface WorldField {
  readonly name: string
  readonly type: string
  readonly isHidden: boolean
  readonly isMultiple: boolean
  /** The options of a select. */
  readonly values: readonly string[]
  /** The collection a relation leads to. */
  readonly target: string | undefined
  /** As it is sent. */
  readonly definition: { readonly [key: string]: Json }
}

/** A made-up collection and the ids of the records that were put into it. */
export interface WorldCollection {
  readonly name: string
  readonly type: 'base' | 'auth' | 'view'
  /** Changes with the collection. */
  fields: readonly WorldField[]
  indexes: readonly string[]
  /** The query of a view. */
  readonly query: string | undefined
  readonly ids: string[]
}

/** A few collections that refer to each other. */
export interface World {
  readonly collections: readonly WorldCollection[]
}

/** The collection of this name. @throws RangeError when the world has none. */
export function collectionOf(world: World, name: string): WorldCollection {
  const found = world.collections.find((collection) => collection.name === name)
  if (found === undefined) throw new RangeError(`There is no ${name}.`)
  return found
}

/** Makes up a world: an auth collection, some others, a view over one of them. */
export function makeWorld(random: Random): World {
  const people: WorldCollection = {
    name: 'people',
    type: 'auth',
    fields: [
      ...accountFields,
      ...random.many(random.between(1, 3), (i) => makeField(random, i, ['people'])),
    ],
    indexes: [],
    query: undefined,
    ids: [],
  }
  const collections = [people]
  for (const name of ['alpha', 'beta', 'gamma', 'delta'].slice(0, random.between(3, 4))) {
    // A relation can lead to itself as well: the id is known before the collection is made.
    const targets = [...collections.map((collection) => collection.name), name]
    const fields = random.many(random.between(3, 7), (i) => makeField(random, i, targets))
    const all = random.chance(0.6) ? [...fields, ...timeFields] : fields
    collections.push({
      name,
      type: 'base',
      fields: all,
      indexes: makeIndexes(random, name, all),
      query: undefined,
      ids: [],
    })
  }
  const seen = makeView(random, collections)
  return { collections: random.chance(0.7) ? [...collections, seen] : collections }
}

const accountFields: readonly WorldField[] = [
  plainField('email', 'email'),
  plainField('emailVisibility', 'bool'),
  plainField('verified', 'bool'),
]

/** Fields that every auth collection has. */
const accountNames = accountFields.map(({ name }) => name)

const timeFields: readonly WorldField[] = [
  plainField('created', 'autodate', { onCreate: true }),
  plainField('updated', 'autodate', { onCreate: true, onUpdate: true }),
]

function plainField(
  name: string,
  type: string,
  options: { readonly [key: string]: Json } = {},
): WorldField {
  return {
    name,
    type,
    isHidden: false,
    isMultiple: false,
    values: [],
    target: undefined,
    definition: { name, type, ...options },
  }
}

const selectValues = ['a', 'b', 'c', '1', 'true', 'ä']

type Options = { readonly [key: string]: Json }

const none: Options = {}

/** Options of a field by its type; what is left out is the default. */
export const makers: Readonly<Record<string, (random: Random) => Options>> = {
  text: (random) =>
    random.weighted<Options>([
      [5, {}],
      [1, { min: 2 }],
      [1, { max: 5 }],
      [1, { pattern: '^[a-z]*$' }],
      [1, { autogeneratePattern: '[k]{4}' }],
    ]),
  editor: (random) => (random.chance(0.2) ? { maxSize: 20 } : none),
  number: (random) =>
    random.weighted<Options>([
      [4, {}],
      [1, { min: 0 }],
      [1, { max: 10 }],
      [1, { onlyInt: true }],
    ]),
  bool: () => ({}),
  email: (random) => (random.chance(0.3) ? { onlyDomains: ['example.com'] } : none),
  url: () => ({}),
  date: (random) => (random.chance(0.2) ? { min: '2024-01-01' } : none),
  json: (random) => (random.chance(0.2) ? { maxSize: 15 } : none),
  geoPoint: () => ({}),
}

/** A field of any type, with options. The last of the targets is its own collection. */
export function makeField(
  random: Random,
  position: number,
  targets: readonly string[],
): WorldField {
  const type = random.weighted([
    [5, 'text'],
    [4, 'number'],
    [2, 'bool'],
    [1, 'editor'],
    [1, 'email'],
    [1, 'url'],
    [2, 'date'],
    [3, 'json'],
    [2, 'geoPoint'],
    [3, 'select'],
    [6, 'relation'],
  ])
  const name = `${type.toLowerCase()}${position + 1}`
  const id = `id_${name}`
  const isMultiple = random.chance(0.5)
  const isHidden = random.chance(0.08)
  const common: { [key: string]: Json } = {
    id,
    name,
    type,
    hidden: isHidden,
    required: random.chance(0.08),
  }
  const make = (extra: Partial<WorldField>, options: { [key: string]: Json }): WorldField => ({
    name,
    type,
    isHidden,
    isMultiple: false,
    values: [],
    target: undefined,
    ...extra,
    definition: { ...common, ...options },
  })
  if (type === 'select') {
    const maxSelect = isMultiple ? random.between(2, 4) : 1
    return make({ isMultiple, values: selectValues }, { values: selectValues, maxSelect })
  }
  if (type === 'relation') {
    const target = random.pick(targets)
    const isOwn = target === targets.at(-1)
    return make(
      { isMultiple, target },
      {
        collectionId: longId(target),
        maxSelect: isMultiple ? random.between(2, 4) : 1,
        minSelect: isMultiple && random.chance(0.1) ? 2 : 0,
        // Which of several records of one list go first would decide what PocketBase leaves of it.
        cascadeDelete: random.chance(0.3) && !(isMultiple && isOwn),
        // A required relation to itself could never be created.
        required: random.chance(0.1) && !isOwn,
      },
    )
  }
  return make({}, makers[type]?.(random) ?? {})
}

/**
 * Some indexes over the fields, many of them unique. In a collection with a cascading relation none
 * is over relations: PocketBase asks it of records that are about to go as well.
 */
export function makeIndexes(random: Random, name: string, fields: readonly WorldField[]): string[] {
  const cascades = fields.some(({ definition }) => definition['cascadeDelete'] === true)
  const types = ['text', 'number', ...(cascades ? [] : ['relation'])]
  return fields
    .filter(({ type, isMultiple }) => types.includes(type) && !isMultiple)
    .filter(() => random.chance(0.2))
    .map((field) => {
      const unique = random.chance(0.6) ? 'UNIQUE ' : ''
      const where =
        random.chance(0.5) && field.type !== 'number' ? ` WHERE \`${field.name}\` != ''` : ''
      return `CREATE ${unique}INDEX \`idx_${name}_${field.name}\` ON \`${name}\` (\`${field.name}\`)${where}`
    })
}

/** A view over one collection, over two that a relation joins, or over groups. */
function makeView(random: Random, collections: readonly WorldCollection[]): WorldCollection {
  const bases = collections.slice(1)
  const related = bases.flatMap((source) =>
    source.fields
      .filter((field) => field.target !== undefined && !field.isMultiple)
      .map((field) => ({ source, field, target: byName(collections, field.target) })),
  )
  if (related.length === 0 || random.chance(0.5)) return plainView(random, random.pick(bases))
  const { source, field, target } = random.pick(related)
  return random.chance(0.5)
    ? joinedView(random, source, field, target)
    : groupedView(source, field, target)
}

function byName(collections: readonly WorldCollection[], name = ''): WorldCollection {
  return collectionOf({ collections }, name)
}

function plainView(random: Random, source: WorldCollection): WorldCollection {
  const shown = shownFields(random, source)
  const columns = ['id', ...shown.map((field) => `\`${field.name}\``), "('x' || id) as derived"]
  return {
    ...viewOver(source),
    fields: [...shown, plainField('derived', 'json')],
    query: `SELECT ${columns.join(', ')} FROM ${source.name}`,
  }
}

function joinedView(
  random: Random,
  source: WorldCollection,
  field: WorldField,
  target: WorldCollection,
): WorldCollection {
  const own = shownFields(random, source)
  const theirs = shownFields(random, target).filter(({ name }) => !accountNames.includes(name))
  const columns = [
    's.id',
    ...own.map(({ name }) => `s.${name}`),
    't.id as other',
    ...theirs.map(({ name }) => `t.${name} as their_${name}`),
  ]
  return {
    ...viewOver(source),
    fields: [
      ...own,
      { ...plainField('other', 'relation'), target: target.name },
      ...theirs.map((each) => ({ ...each, name: `their_${each.name}` })),
    ],
    query: `SELECT ${columns.join(', ')} FROM ${source.name} s LEFT JOIN ${target.name} t ON t.id = s.${field.name}`,
  }
}

/** One row for each record that others refer to, by its id. */
function groupedView(
  source: WorldCollection,
  field: WorldField,
  target: WorldCollection,
): WorldCollection {
  const number = source.fields.find(({ type }) => type === 'number')?.name
  const more = number === undefined ? [] : [`max(${number}) as most`, `total(${number}) as sum`]
  const columns = [`${field.name} as id`, 'count(*) as total', ...more]
  return {
    ...viewOver(target),
    fields: [
      plainField('total', 'number'),
      ...(number === undefined ? [] : [plainField('most', 'json'), plainField('sum', 'number')]),
    ],
    query: `SELECT ${columns.join(', ')} FROM ${source.name} WHERE ${field.name} != '' GROUP BY ${field.name}`,
  }
}

function shownFields(random: Random, source: WorldCollection): WorldField[] {
  return source.fields.filter((field) => field.type !== 'autodate' && random.chance(0.7))
}

function viewOver({ ids }: WorldCollection): Omit<WorldCollection, 'fields' | 'query'> {
  return { name: 'sights', type: 'view', indexes: [], ids }
}

/*
 * Made-up filters, rules, sorts and expands over the fields that a world has.
 */
import type { Random } from './random.ts'
import { literalFor, quote } from './values.ts'
import { type World, type WorldCollection, type WorldField, collectionOf } from './world.ts'

/** A path of the filter language and the field it ends at. */
interface FieldPath {
  readonly text: string
  readonly field: WorldField
  /** True if it may have several values, which leaves the order by it open. */
  readonly isMany: boolean
}

/** The author of an expression: clients may not use the request or other collections. */
export type Purpose = 'client' | 'superuser' | 'rule'

const idField: WorldField = {
  name: 'id',
  type: 'text',
  isHidden: false,
  isMultiple: false,
  values: [],
  target: undefined,
  definition: {},
}

/** Times that do not change while both servers respond, except at midnight. */
const macros = [
  '@now',
  '@yesterday',
  '@tomorrow',
  '@todayStart',
  '@monthEnd',
  '@yearStart',
] as const

const operators = ['=', '!=', '>', '>=', '<', '<=', '~', '!~'] as const

/** A filter on a collection; occasionally an invalid one. */
export function makeFilter(
  random: Random,
  world: World,
  collection: WorldCollection,
  purpose: Purpose,
): string {
  const filter = makeExpression(random, world, collection, purpose, 2)
  if (!random.chance(0.03)) return filter
  const at = random.between(0, filter.length - 1)
  const broken =
    filter.slice(0, at) +
    random.pick(['', ' ', '(', ')', '&&', "'", '=', '?', '.', '5']) +
    filter.slice(at + 1)
  // Whether PocketBase rejects such a path depends on the records.
  return /\.\.|\.(?![\w@])/.test(broken) ? filter : broken
}

/** A rule: locked, open, or an expression of what rules are made of. */
function makeRule(random: Random, world: World, collection: WorldCollection): string | null {
  return random.weighted<() => string | null>([
    [2, () => null],
    [7, () => ''],
    [7, () => makeExpression(random, world, collection, 'rule', 1)],
  ])()
}

/** The rules of a collection. */
export function ruleNames({ type }: WorldCollection): readonly string[] {
  if (type === 'view') return ['listRule', 'viewRule']
  const common = ['listRule', 'viewRule', 'createRule', 'updateRule', 'deleteRule']
  return type === 'auth' ? [...common, 'manageRule'] : common
}

/** A value for a rule of this name. */
export function makeRuleFor(
  name: string,
  random: Random,
  world: World,
  collection: WorldCollection,
): string | null {
  const rule = makeRule(random, world, collection)
  // PocketBase treats guests as managers when it shows emails, and nowhere else.
  return name === 'manageRule' && rule ? `@request.auth.id != '' && (${rule})` : rule
}

function makeExpression(
  random: Random,
  world: World,
  collection: WorldCollection,
  purpose: Purpose,
  depth: number,
): string {
  const comparison = (): string => makeComparison(random, world, collection, purpose)
  if (depth === 0) return comparison()
  const deeper = (): string => makeExpression(random, world, collection, purpose, depth - 1)
  return random.weighted<() => string>([
    [5, comparison],
    [2, () => `${deeper()} && ${deeper()}`],
    [2, () => `${deeper()} || ${deeper()}`],
    [1, () => `(${deeper()})`],
    [1, () => `(${deeper()} || ${deeper()}) && ${comparison()}`],
  ])()
}

function makeComparison(
  random: Random,
  world: World,
  collection: WorldCollection,
  purpose: Purpose,
): string {
  if (purpose === 'rule' && random.chance(0.35))
    return makeRequestComparison(random, world, collection)
  if (purpose !== 'client' && random.chance(0.06)) {
    return makeCollectionComparison(random, world, collection)
  }
  const left = makePath(random, world, collection, 2)
  if (left.field.type === 'autodate') {
    // Two servers never write the exact same time, so only distant ones are compared.
    return `${left.text} ${random.pick(['>', '<'])} ${random.pick(["'2020-01-01'", "'2199-01-01'"])}`
  }
  const operator = random.pick(operators)
  // Whether all of many addresses fit is not for clients to ask: `private-addresses`.
  const any = random.chance(0.3) || (purpose === 'client' && isAddress(left)) ? '?' : ''
  if (left.field.type === 'geoPoint' && random.chance(0.3)) {
    const point = left.text.replace(/\.(lon|lat)$/, '')
    return `geoDistance(${point}.lon, ${point}.lat, ${random.pick(['0, 0', '1, 2', '-120, 45'])}) ${random.pick(['<', '>'])} ${random.pick(['100', '5000'])}`
  }
  if (left.field.type === 'date' && random.chance(0.2)) {
    return `${left.text} ${any}${operator} ${random.pick(macros)}`
  }
  if (left.field.type === 'number' && random.chance(0.05)) {
    return `${left.text} ${any}${operator} ${random.pick(['@year', '@month', '@weekday'])}`
  }
  if (left.field.type === 'date' && random.chance(0.3)) {
    return `strftime('%Y', ${left.text}) ${operator} ${random.pick(["'2024'", "''", "'2023'"])}`
  }
  const right = random.weighted<() => string>([
    [8, () => literalFor(random, world, left.field)],
    [
      2,
      () => {
        const other = makePath(random, world, collection, 1)
        return other.field.type === 'autodate' ? "''" : other.text
      },
    ],
  ])()
  return random.chance(0.9)
    ? `${left.text} ${any}${operator} ${right}`
    : `${right} ${any}${operator} ${left.text}`
}

/** True if a path leads to an account's email, which Arete sorts and compares differently. */
function isAddress({ text }: FieldPath): boolean {
  return /(?:^|\.)email(?::lower)?$/.test(text)
}

function makeRequestComparison(random: Random, world: World, collection: WorldCollection): string {
  const field = random.pick(collection.fields.length > 0 ? collection.fields : [idField])
  const people = collectionOf(world, 'people')
  const owners = collection.fields.filter((each) => each.target === 'people')
  return random.weighted<() => string>([
    [4, () => "@request.auth.id != ''"],
    [
      owners.length > 0 ? 5 : 0,
      () => `${random.pick(owners).name} ${random.pick(['=', '?=', '!='])} @request.auth.id`,
    ],
    [
      owners.length > 0 ? 2 : 0,
      () => `${random.pick(owners).name}.id ${random.pick(['=', '?='])} @request.auth.id`,
    ],
    [
      1,
      () =>
        `@request.method ${random.pick(['=', '!='])} '${random.pick(['GET', 'POST', 'PATCH'])}'`,
    ],
    [1, () => `@request.context != '${random.pick(['expand', 'default', 'batch'])}'`],
    [2, () => `@request.body.${field.name}:isset = ${random.pick(['true', 'false'])}`],
    [
      2,
      () =>
        field.type === 'autodate'
          ? "id != ''"
          : `@request.body.${field.name}:changed = ${random.pick(['true', 'false'])}`,
    ],
    [
      2,
      () =>
        `@request.body.${field.name} ${random.pick(operators)} ${literalFor(random, world, field)}`,
    ],
    [
      field.isMultiple ? 2 : 0,
      () => `@request.body.${field.name}:length ${random.pick(['>', '<', '='])} 1`,
    ],
    [
      field.isMultiple ? 2 : 0,
      () =>
        `@request.body.${field.name}:each ${random.pick(['=', '?=', '!='])} ${literalFor(random, world, field)}`,
    ],
    [
      1,
      () =>
        random.pick([
          "@request.query.key = 'k'",
          "@request.query.key:lower = 'k'",
          '@request.query.key:isset = true',
          '@request.query.key = 1',
          "@request.query.none = ''",
          "@request.headers.x_none = ''",
          "@request.headers.authorization != ''",
        ]),
    ],
    [
      field.target === undefined ? 0 : 2,
      () => {
        const path = makePath(random, world, collectionOf(world, field.target ?? ''), 1)
        if (path.field.type === 'autodate') return `@request.body.${field.name}.id != ''`
        return `@request.body.${field.name}.${path.text} ${random.chance(0.3) ? '?' : ''}${random.pick(operators)} ${literalFor(random, world, path.field)}`
      },
    ],
    [
      2,
      () => {
        const path = makePath(random, world, people, 1)
        if (path.field.type === 'autodate') return "@request.auth.id = ''"
        return `@request.auth.${path.text} ${random.pick(operators)} ${literalFor(random, world, path.field)}`
      },
    ],
  ])()
}

function makeCollectionComparison(
  random: Random,
  world: World,
  collection: WorldCollection,
): string {
  const other = random.pick(world.collections)
  const [theirs, ours] = [makePath(random, world, other, 0), makePath(random, world, collection, 0)]
  if (theirs.field.type === 'autodate' || ours.field.type === 'autodate') {
    return `@collection.${other.name}.id ?!= ${quote('x')}`
  }
  const joined = `@collection.${other.name}${random.chance(0.2) ? ':other' : ''}`
  const comparison = `${joined}.${theirs.text} ${random.pick(['?=', '?!=', '=', '?~', '?>'])} ${random.chance(0.6) ? ours.text : literalFor(random, world, theirs.field)}`
  return random.chance(0.2) ? `${joined}.id != '' && ${comparison}` : comparison
}

/** A path of at most this many steps to another collection. */
function makePath(
  random: Random,
  world: World,
  collection: WorldCollection,
  steps: number,
): FieldPath {
  const away = steps > 0 && random.chance(0.4) ? stepsAway(world, collection) : []
  if (away.length > 0) {
    const { text, to, isMany } = random.pick(away)
    const rest = makePath(random, world, to, steps - 1)
    return { text: `${text}.${rest.text}`, field: rest.field, isMany: isMany || rest.isMany }
  }
  const field = random.pick([...collection.fields, idField])
  return withSuffix(random, field)
}

interface StepAway {
  readonly text: string
  readonly to: WorldCollection
  readonly isMany: boolean
  readonly isHidden: boolean
}

function stepsAway(world: World, from: WorldCollection): StepAway[] {
  const forward = from.fields.flatMap(({ name, target, isMultiple, isHidden }) =>
    target === undefined
      ? []
      : [{ text: name, to: collectionOf(world, target), isMany: isMultiple, isHidden }],
  )
  const back = world.collections.flatMap((other) =>
    other.fields
      .filter((field) => field.target === from.name)
      .map(({ name, isHidden }) => ({
        text: `${other.name}_via_${name}`,
        to: other,
        isMany: true,
        isHidden,
      })),
  )
  return [...forward, ...back]
}

function withSuffix(random: Random, field: WorldField): FieldPath {
  const { name, type, isMultiple } = field
  const plain: FieldPath = { text: name, field, isMany: false }
  if (isMultiple) {
    return random.weighted([
      [3, plain],
      [2, { ...plain, text: `${name}:each`, isMany: true }],
      [2, { ...plain, text: `${name}:length`, field: { ...idField, type: 'number' } }],
    ])
  }
  if (type === 'json') {
    return random.weighted([
      [3, plain],
      [2, { ...plain, text: `${name}.a` }],
      [1, { ...plain, text: `${name}.a.b` }],
      [1, { ...plain, text: `${name}.1` }],
    ])
  }
  if (type === 'geoPoint') {
    const part = random.pick(['lon', 'lat'])
    return random.chance(0.8) ? { ...plain, text: `${name}.${part}` } : plain
  }
  if (random.chance(0.01))
    return { ...plain, text: `${name}:${random.pick(['isset', 'each', 'length', 'lower'])}` }
  if (['text', 'editor', 'email', 'url'].includes(type) && random.chance(0.15)) {
    return { ...plain, text: `${name}:lower` }
  }
  return plain
}

/** A sort that leaves no order open: it ends with the id, and no part of it has several values. */
export function makeSort(
  random: Random,
  world: World,
  collection: WorldCollection,
  purpose: Purpose,
): string {
  const parts = random
    .many(random.between(0, 2), () => makePath(random, world, collection, 1))
    .filter((path) => !path.isMany && path.field.type !== 'autodate')
    .filter((path) => purpose !== 'client' || !isAddress(path))
    .map((path) => `${random.pick(['', '-', '+'])}${path.text}`)
  return [...parts, random.pick(['id', '-id'])].join(',')
}

/**
 * Paths to expand, of up to three steps. Hidden relations are left to the corpus, since Arete treats
 * them otherwise (`hidden-expand` in docs/differences.md).
 */
export function makeExpand(random: Random, world: World, collection: WorldCollection): string {
  const paths = random.many(random.between(1, 3), () => {
    const parts: string[] = []
    let at = collection
    for (let step = random.between(1, 3); step > 0; step--) {
      const away = stepsAway(world, at).filter(({ isHidden }) => !isHidden)
      if (away.length === 0) break
      const next = random.pick(away)
      parts.push(next.text)
      at = next.to
    }
    return random.chance(0.05) ? [...parts, 'nothing'].join('.') : parts.join('.')
  })
  return paths.join(',')
}

/** A projection; of an unordered list it has to keep the ids. */
export function makeFields(random: Random, collection: WorldCollection): string {
  const names = random.some(
    collection.fields.filter((field) => field.type !== 'autodate').map((field) => field.name),
    3,
  )
  const extra = random.some(['*', 'expand.*', 'collectionName', 'nothing', 'expand'], 1)
  return ['id', ...names, ...extra].join(',')
}

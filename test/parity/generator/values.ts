import type { Json } from '../client.ts'
import { longId } from '../scenario.ts'
import type { Random } from './random.ts'
import { type World, type WorldField, collectionOf } from './world.ts'

const texts = [
  '',
  'a',
  'b',
  'abc',
  'ABC',
  'Hello world',
  'ä',
  "it's",
  '50%',
  'a_b',
  '"q"',
  '5',
  '1',
  'true',
  'back\\slash',
  'x y',
  'kkkk',
  'null',
  '2024-01-01',
] as const
const numbers = [0, 1, 2, 5, 10, 11, -1, -2.5, 0.1, 3.75, 1e6] as const
const dates = [
  '',
  '2024-01-01',
  '2024-05-06 07:08:09.123Z',
  '2023-12-31 23:59:59Z',
  '2024-02-29T12:00:00+02:00',
] as const
const documents: readonly Json[] = [
  null,
  '',
  'a',
  '5',
  5,
  0,
  true,
  false,
  [],
  {},
  [1, 2, 3],
  ['a', 'b'],
  { a: 1 },
  { a: { b: 'x' } },
  { a: [1, { b: 2 }] },
  { b: null, a: 'x' },
]
const addresses = ['', 'a@example.com', 'b@example.com', 'c@other.org', 'rubbish'] as const
const links = ['', 'https://example.com', 'http://a.bc/d?e=f', 'rubbish'] as const
const points: readonly Json[] = [
  { lon: 0, lat: 0 },
  { lon: 1, lat: 2 },
  { lon: -120.5, lat: 45 },
  { lon: 180, lat: -90 },
  { lon: 181, lat: 0 },
]
const oddities: readonly Json[] = [
  null,
  '',
  'a',
  5,
  -1.5,
  true,
  false,
  [],
  {},
  ['a'],
  ['a', 'b'],
  [1],
  { a: 1 },
  '["a","b"]',
  '{"lon":1,"lat":2}',
  '007',
  ' ',
  '1e3',
  'ü',
  [null, ''],
  { lon: 'x' },
]

/** A value for a field: mostly one that suits its type, now and then anything. */
export function valueFor(random: Random, world: World, field: WorldField): Json {
  return random.chance(0.07) ? random.pick(oddities) : suitableValue(random, world, field)
}

function suitableValue(random: Random, world: World, field: WorldField): Json {
  switch (field.type) {
    case 'text':
    case 'editor':
      return random.pick(texts)
    case 'number':
      return random.pick(numbers)
    case 'bool':
      return random.chance(0.5)
    case 'email':
      return random.pick(addresses)
    case 'url':
      return random.pick(links)
    case 'date':
      return random.pick(dates)
    case 'geoPoint':
      return random.pick(points)
    case 'select':
      return field.isMultiple ? random.some(field.values, 3) : random.pick(['', ...field.values])
    case 'relation': {
      const ids = collectionOf(world, field.target ?? '').ids
      if (ids.length === 0) return field.isMultiple ? [] : ''
      if (random.chance(0.05)) return longId('missing')
      return field.isMultiple ? random.some(ids, 3) : random.pick(['', ...ids, ...ids])
    }
    default:
      return random.pick(documents)
  }
}

/** A literal of the filter language that may well be equal to a stored value of the field. */
export function literalFor(random: Random, world: World, field: WorldField): string {
  if (random.chance(0.15))
    return random.pick(['null', 'true', 'false', '0', '1', "''", '""', '-2.5', "'5'"])
  const value = suitableValue(random, world, field)
  if (typeof value === 'number')
    return random.chance(0.8) ? plainNumber(value) : `'${plainNumber(value)}'`
  if (typeof value === 'boolean') return String(value)
  if (Array.isArray(value) && field.type !== 'json') {
    return quote(random.pick([...(value as string[]), '']))
  }
  if (typeof value === 'string') return quote(value)
  return quote(JSON.stringify(value))
}

/** A text as a literal of the filter language. */
export function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

function plainNumber(value: number): string {
  return value.toFixed(4).replace(/\.?0+$/, '')
}

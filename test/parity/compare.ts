import { shapeOf } from '../support/pictures.ts'
import type { Answer, Json } from './client.ts'
import type { Correspondence } from './correspondence.ts'

/**
 * A difference of two responses.
 *
 * `status`: the status, and so everything else. `header`: a header that clients rely on. `body`: a
 * value. `order`: the order of an object's keys. `text`: the part of an error message that each
 * implementation words differently, after a common marker.
 */
export interface Difference {
  readonly kind: 'status' | 'header' | 'body' | 'order' | 'text'
  /** The header's name or the value's path, `$.items[0].title`; empty for the status. */
  readonly at: string
  readonly left: string
  readonly right: string
}

/** The options for comparing two responses. */
export interface Comparison {
  readonly correspondence: Correspondence
  /** True if the request leaves the order of `items` open. */
  readonly isUnordered?: boolean
  /** Names of view collections. The order of the rows that refer to a record is open. */
  readonly views?: ReadonlySet<string>
  /** True if each server creates the image itself: format and size are enough. */
  readonly isPicture?: boolean
}

/** The compared headers: the media type, headers for browsers, redirects, retries. */
const comparedHeaders = [
  'content-type',
  'access-control-allow-origin',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-allow-credentials',
  'access-control-expose-headers',
  'access-control-max-age',
  'x-content-type-options',
  'x-frame-options',
  'x-xss-protection',
  'content-security-policy',
  'strict-transport-security',
  'referrer-policy',
  'location',
  'vary',
]

/** The compared headers of files, which decide how they are shown or cached. */
const fileHeaders = [
  'content-disposition',
  'cache-control',
  'accept-ranges',
  'content-range',
  'content-length',
]

/** Headers that are only compared by presence. */
const notedHeaders = [
  ...['www-authenticate', 'retry-after', 'set-cookie', 'etag', 'allow', 'last-modified'],
]

/** The text after these is implementation-specific: from SQLite, a parser or a compiler. */
const ownWords = /(Raw error:|Invalid query - |Failed to create index \S+ - )[\s\S]*$/

/** Issues whose whole message comes from the compiler. */
const ownWordedCodes = new Set([
  'validation_invalid_regex',
  'validation_invalid_autogenerate_pattern',
  'validation_invalid_cron',
])

/** All differences, the status first. Responses with different statuses are compared no further. */
export function compare(left: Answer, right: Answer, comparison: Comparison): Difference[] {
  if (left.status !== right.status) {
    return [{ kind: 'status', at: '', left: String(left.status), right: String(right.status) }]
  }
  const differences = compareHeaders(left, right, comparison)
  if (comparison.isPicture === true) {
    const [a, b] = [left, right].map((answer) => show(shapeOf(bytesOf(answer))))
    if (a !== b) differences.push({ kind: 'body', at: '$', left: a ?? '', right: b ?? '' })
    return differences
  }
  if (left.json === undefined || right.json === undefined) {
    if (!bytesOf(left).equals(bytesOf(right))) {
      differences.push({ kind: 'body', at: '$', left: left.text, right: right.text })
    }
    return differences
  }
  new BodyComparison(comparison, differences).compare('$', left.json, right.json)
  return differences
}

function bytesOf({ bytes, text }: Answer): Buffer {
  return bytes === undefined ? Buffer.from(text) : Buffer.from(bytes)
}

function compareHeaders(
  left: Answer,
  right: Answer,
  { correspondence, isPicture = false }: Comparison,
): Difference[] {
  const differences: Difference[] = []
  const note = (name: string, a: string, b: string): void => {
    if (!correspondence.agree(a, b)) {
      differences.push({ kind: 'header', at: name, left: a, right: b })
    }
  }
  const isFile = [left, right].some(({ headers }) => headers['content-disposition'] !== undefined)
  const ofFiles = fileHeaders.filter((name) => name !== 'content-length' || !isPicture)
  for (const name of isFile ? ofFiles : []) {
    note(name, headerOf(left, name), headerOf(right, name))
  }
  for (const name of comparedHeaders) note(name, headerOf(left, name), headerOf(right, name))
  for (const name of notedHeaders) {
    note(name, presence(left.headers[name]), presence(right.headers[name]))
  }
  return differences
}

function headerOf(answer: Answer, name: string): string {
  const value = String(answer.headers[name] ?? '')
  if (name === 'content-type') return value.split(';')[0]?.trim() ?? ''
  if (name !== 'vary') return value
  return value
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .toSorted()
    .join(', ')
}

function presence(value: unknown): string {
  return value === undefined ? 'absent' : 'present'
}

class BodyComparison {
  readonly #comparison: Comparison
  readonly #differences: Difference[]

  constructor(comparison: Comparison, differences: Difference[]) {
    this.#comparison = comparison
    this.#differences = differences
  }

  compare(at: string, left: Json | undefined, right: Json | undefined): void {
    if (isList(left) && isList(right)) return this.#compareLists(at, left, right)
    if (isObject(left) && isObject(right)) return this.#compareObjects(at, left, right)
    if (typeof left === 'string' && typeof right === 'string') {
      return this.#compareTexts(at, left, right)
    }
    if (left !== right) this.#note('body', at, left, right)
  }

  #compareLists(at: string, left: readonly Json[], right: readonly Json[]): void {
    const matched = this.#isUnordered(at)
      ? matchById(left, right, this.#comparison.correspondence)
      : right
    for (let i = 0; i < Math.max(left.length, matched.length); i++) {
      this.compare(`${at}[${i}]`, left[i], matched[i])
    }
  }

  #isUnordered(at: string): boolean {
    const { isUnordered = false, views } = this.#comparison
    const referring = /\.expand\.(\w+)_via_\w+$/.exec(at)?.[1]
    return referring === undefined
      ? isUnordered && at === '$.items'
      : views?.has(referring) === true
  }

  #compareObjects(at: string, left: JsonObject, right: JsonObject): void {
    const keys = Object.keys(left)
    const others = Object.keys(right)
    const shared = keys.filter((key) => key in right)
    const sharedOthers = others.filter((key) => key in left)
    for (const key of new Set([...keys, ...others])) {
      const path = /^\w+$/.test(key) ? `${at}.${key}` : `${at}[${JSON.stringify(key)}]`
      if (key === 'message' && isOwnWorded(left, right)) {
        if (left[key] !== right[key]) this.#note('text', path, left[key], right[key])
      } else {
        this.compare(path, left[key], right[key])
      }
    }
    if (shared.join('\0') !== sharedOthers.join('\0')) {
      this.#note('order', at, shared.join(' '), sharedOthers.join(' '))
    }
  }

  #compareTexts(at: string, leftText: string, rightText: string): void {
    const { correspondence } = this.#comparison
    const [left, right] = [settle(leftText), settle(rightText)]
    if (correspondence.agree(left, right)) return
    if (
      randomKeys.some(([path, shape]) => path.test(at) && shape.test(left) && shape.test(right))
    ) {
      return
    }
    const isOwn = correspondence.agree(left.replace(ownWords, '$1'), right.replace(ownWords, '$1'))
    this.#note(isOwn ? 'text' : 'body', at, left, right)
  }

  #note(kind: Difference['kind'], at: string, left: unknown, right: unknown): void {
    this.#differences.push({ kind, at, left: show(left), right: show(right) })
  }
}

/** Values that are random in every response: their paths and their formats. */
const randomKeys: readonly (readonly [path: RegExp, shape: RegExp])[] = [
  [/\.state$/, /^[A-Za-z0-9]{30}$/],
  [/\.codeVerifier$/, /^[A-Za-z0-9]{43}$/],
  [/\.codeChallenge$/, /^[\w-]{43}$/],
  [/\.auth[Uu][Rr][Ll]$/, /state=[A-Za-z0-9]{30}/],
]

/** Removes the parts of a text that vary in PocketBase itself. */
function settle(text: string): string {
  return text
    .replace(/(could produce invalid field values, ex\.: ).*$/, '$1')
    .replace(
      /(existing reference in )(.*)\.$/,
      (_, lead: string, names: string) => `${lead}${names.split(', ').toSorted().join(', ')}.`,
    )
}

type JsonObject = { readonly [key: string]: Json }

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isOwnWorded(left: JsonObject, right: JsonObject): boolean {
  return (
    typeof left['code'] === 'string' &&
    left['code'] === right['code'] &&
    ownWordedCodes.has(left['code'])
  )
}

/** Sorts the right items like their counterparts on the left; the others fill the gaps. */
function matchById(
  left: readonly Json[],
  right: readonly Json[],
  correspondence: Correspondence,
): readonly Json[] {
  const rest = [...right]
  const matched = left.map((item) => {
    const key = correspondence.rightOf(keyOf(item))
    const at = rest.findIndex((candidate) => keyOf(candidate) === key)
    return at < 0 ? [] : rest.splice(at, 1)
  })
  return [...matched.flatMap((found) => (found.length > 0 ? found : rest.splice(0, 1))), ...rest]
}

function keyOf(item: Json): string {
  return isObject(item) && typeof item['id'] === 'string' ? item['id'] : JSON.stringify(item)
}

function show(value: unknown): string {
  return value === undefined ? '(absent)' : JSON.stringify(value)
}

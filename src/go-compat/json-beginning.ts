/*
 * JSON that may end before its end, since only the beginning of a file is looked at. It is read as
 * PocketBase reads it, which lets pass what parsers refuse: a comma before a closing bracket, a number
 * with a zero in front, a line break in a string.
 */
import { sniffedBytes } from './byte-patterns.ts'

/** What a JSON object can be besides. */
export type JsonKind = 'geo' | 'har' | 'gltf'

const geoTypes = [
  '"Feature"',
  '"FeatureCollection"',
  '"Point"',
  '"LineString"',
  '"Polygon"',
  '"MultiPoint"',
  '"MultiLineString"',
  '"MultiPolygon"',
  '"GeometryCollection"',
]

/** What tells a kind: a value at a path, or any value there. */
const tellers: readonly {
  readonly kind: JsonKind
  readonly path: string
  readonly values?: readonly string[]
}[] = [
  { kind: 'geo', path: 'type', values: geoTypes },
  { kind: 'har', path: 'log version' },
  { kind: 'har', path: 'log creator' },
  { kind: 'har', path: 'log entries' },
  { kind: 'gltf', path: 'asset version', values: ['"1.0"', '"2.0"'] },
]

/** Whether a text is an object or a list, or an object of a kind, as far as it is there. */
export function isJson(head: string, kind?: JsonKind): boolean {
  const first = head.trimStart()[0]
  if (first !== '{' && (first !== '[' || kind !== undefined)) return false
  const reader = new JsonReader(head)
  const end = reader.value(0, 0)
  if (kind !== undefined && reader.kind !== kind) return false
  const isComplete = head.length < sniffedBytes
  return isComplete ? end === head.length : reader.isCut || end === head.length
}

/** Whether a text has several lines, each of JSON, and an object or a list among them. */
export function isJsonLines(head: string): boolean {
  const lines = head.split('\n')
  if (lines.at(-1) === '') lines.pop()
  let structures = 0
  for (const line of lines) {
    const reader = new JsonReader(line)
    const end = reader.value(0, 0)
    if (end !== line.length && !reader.isCut) return false
    if (/^\s*[[{]/.test(line)) structures++
  }
  return lines.length > 1 && structures > 0
}

const failed = -1
const maxDepth = 4096

/** Reads values from left to right. Each method gives the place behind what it read, or `failed`. */
class JsonReader {
  readonly #text: string
  readonly #path: string[] = []
  /** Ended in the midst of a value. */
  isCut = false
  kind: JsonKind | undefined

  constructor(text: string) {
    this.#text = text
  }

  /** A value with the blanks around it. */
  value(start: number, depth: number): number {
    const at = this.#blanks(start)
    if (depth > maxDepth) return failed
    const end = this.#bareValue(at, depth)
    return end === failed ? failed : this.#blanks(end)
  }

  #bareValue(at: number, depth: number): number {
    switch (this.#text[at]) {
      case undefined:
        return this.#cut()
      case '"':
        return this.#token(
          /"(?:[^"\\]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y,
          at,
          /"(?:[^"\\]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*(?:\\(?:u[\da-fA-F]{0,3})?)?$/y,
        )
      case '[':
        return this.#list(at + 1, depth + 1)
      case '{':
        return this.#object(at + 1, depth + 1)
      case 't':
      case 'f':
      case 'n':
        return this.#word(at)
      default:
        return this.#token(/-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y, at, /-?\.?$/y)
    }
  }

  /** What matches; or the end of the text within it. */
  #token(token: RegExp, at: number, beginning: RegExp): number {
    token.lastIndex = at
    if (token.test(this.#text)) return token.lastIndex
    beginning.lastIndex = at
    return beginning.test(this.#text) ? this.#cut() : failed
  }

  #word(at: number): number {
    const rest = this.#text.slice(at, at + 5)
    const word = ['true', 'false', 'null'].find((each) => rest.startsWith(each))
    if (word !== undefined) return at + word.length
    return ['true', 'false', 'null'].some((each) => each.startsWith(rest)) ? this.#cut() : failed
  }

  #list(start: number, depth: number): number {
    this.#path.push('[')
    let at = start
    for (;;) {
      at = this.#blanks(at)
      if (this.#text[at] === undefined) return this.#cut()
      if (this.#text[at] === ']') {
        this.#path.pop()
        return at + 1
      }
      at = this.value(at, depth)
      if (at === failed) return failed
      const next = this.#text[at++]
      // PocketBase takes the members that come after such a list for those of an inner object.
      if (next === ']') return at
      if (next !== ',') return next === undefined ? this.#cut() : failed
    }
  }

  #object(start: number, depth: number): number {
    let at = start
    for (;;) {
      at = this.#blanks(at)
      if (this.#text[at] === undefined) return this.#cut()
      if (this.#text[at] === '}') return at + 1
      at = this.#member(at, depth)
      if (at === failed) return failed
      this.#path.pop()
      const next = this.#text[at++]
      if (next === '}') return at
      if (next !== ',') return next === undefined ? this.#cut() : failed
    }
  }

  #member(start: number, depth: number): number {
    if (this.#text[start] !== '"') return failed
    const keyEnd = this.#bareValue(start, depth)
    if (keyEnd === failed) return failed
    this.#path.push(this.#text.slice(start + 1, keyEnd - 1))
    const path = this.#path.join(' ')
    const teller = this.kind === undefined ? tellers.find((each) => each.path === path) : undefined
    const colon = this.#blanks(keyEnd)
    if (this.#text[colon] === undefined) return this.#cut()
    if (this.#text[colon] !== ':') return failed
    const end = this.value(colon + 1, depth)
    if (end === failed || teller === undefined) return end
    const value = this.#text.slice(colon + 1, end).trim()
    if (teller.values?.includes(value) ?? true) this.kind ??= teller.kind
    return end
  }

  #blanks(start: number): number {
    let at = start
    while (/[ \t\r\n]/.test(this.#text[at] ?? '')) at++
    return at
  }

  #cut(): number {
    this.isCut = true
    return failed
  }
}

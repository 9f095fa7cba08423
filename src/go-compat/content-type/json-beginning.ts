/*
 * Recognises JSON that may be cut off, since only the head of a file is read. It is as lenient as
 * PocketBase's parser, which accepts a comma before a closing bracket, leading zeros, and line
 * breaks in strings.
 */
import { sniffedBytes } from '#go-compat/pattern/byte-patterns.ts'

/** More specific kinds of JSON objects. */
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

/** A kind is recognised by a value at a path, or by any value there. */
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

/** True if a string is an object or array, or an object of this kind, as far as it goes. */
export function isJson(head: string, kind?: JsonKind): boolean {
  const first = head.trimStart()[0]
  if (first !== '{' && (first !== '[' || kind !== undefined)) return false
  const reader = new JsonReader(head)
  const end = reader.value(0, 0)
  if (kind !== undefined && reader.kind !== kind) return false
  const isComplete = head.length < sniffedBytes
  return isComplete ? end === head.length : reader.isCut || end === head.length
}

/** True if a string has several lines of JSON, at least one of them an object or array. */
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

/**
 * Reads values from left to right. Each method returns the position after what it read, or
 * `failed`.
 */
class JsonReader {
  readonly #text: string
  readonly #path: string[] = []
  /** Set if the string ended inside a value. */
  isCut = false
  kind: JsonKind | undefined

  constructor(text: string) {
    this.#text = text
  }

  /** Reads a value and the white space around it. */
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

  /** Reads a match of the token, or the end of the string inside one. */
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
      // PocketBase reads members after such an array as members of an inner object.
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

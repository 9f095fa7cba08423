/*
 * The members of texts, lists and objects that scripts can use, and the globals of JavaScript.
 */
import {
  BeyondError,
  Callable,
  fromJson,
  isHostObject,
  limited,
  type Members,
  ScriptError,
  toJson,
  type Value,
} from './script-value.ts'

/** A member of a value. @throws {BeyondError} For one that is not offered. */
export function memberOf(value: Value, name: string): Value {
  if (value === undefined || value === null) {
    throw new ScriptError(`${String(value)} has no member ${name}.`)
  }
  if (isHostObject(value)) return value.get(name)
  if (value instanceof Map) return value.get(name)
  const found = Array.isArray(value)
    ? listMember(value, name)
    : typeof value === 'string'
      ? textMember(value, name)
      : undefined
  if (found === undefined) throw new BeyondError(`the member ${name} is not offered`)
  return found.value
}

/** Sets a member of a value. */
export function setMember(value: Value, name: string, next: Value): void {
  if (isHostObject(value)) value.set(name, next)
  else if (value instanceof Map) value.set(name, next)
  else if (Array.isArray(value) && isIndex(name) && Number(name) <= value.length) {
    value[Number(name)] = next
    limited(value)
  } else throw new BeyondError(`the member ${name} cannot be set`)
}

/** The values that a loop or a spread walks over. */
export function listOf(value: Value): readonly Value[] {
  const list = isHostObject(value) ? value.toValue() : value
  if (Array.isArray(list)) return list
  if (typeof list === 'string') return [...list]
  throw new ScriptError('The value is not a list.')
}

function isIndex(name: string): boolean {
  return /^\d{1,7}$/.test(name)
}

interface Found {
  readonly value: Value
}

function method(call: (...args: Value[]) => Value): Found {
  return { value: new Callable((args) => call(...args)) }
}

function called(callback: Value, ...args: Value[]): Value {
  if (callback instanceof Callable) return callback.call(args)
  throw new ScriptError('The value is not a function.')
}

function listMember(list: Value[], name: string): Found | undefined {
  if (isIndex(name)) return { value: list[Number(name)] }
  switch (name) {
    case 'length':
      return { value: list.length }
    case 'push':
      return method((...added) => {
        list.push(...added)
        return limited(list).length
      })
    case 'concat':
      return method((...added) => limited(list.concat(...added)))
    case 'slice':
      return method((from, to) => list.slice(numberOf(from), to === undefined ? to : numberOf(to)))
    case 'includes':
      return method((value) => list.includes(value))
    case 'indexOf':
      return method((value) => list.indexOf(value))
    case 'join':
      return method((separator = ',') =>
        limited(list.map((each) => textOf(each ?? '')).join(textOf(separator))),
      )
    case 'map':
      return method((callback) => list.map((each, at) => called(callback, each, at)))
    case 'filter':
      return method((callback) => list.filter((each, at) => isTrue(called(callback, each, at))))
    case 'find':
      return method((callback) => list.find((each, at) => isTrue(called(callback, each, at))))
    case 'findIndex':
      return method((callback) => list.findIndex((each, at) => isTrue(called(callback, each, at))))
    case 'some':
      return method((callback) => list.some((each, at) => isTrue(called(callback, each, at))))
    case 'every':
      return method((callback) => list.every((each, at) => isTrue(called(callback, each, at))))
    case 'forEach':
      return method((callback) => {
        list.forEach((each, at) => called(callback, each, at))
        return undefined
      })
    default:
      return undefined
  }
}

function textMember(text: string, name: string): Found | undefined {
  if (isIndex(name)) return { value: text[Number(name)] }
  switch (name) {
    case 'length':
      return { value: text.length }
    case 'includes':
      return method((part) => text.includes(textOf(part)))
    case 'startsWith':
      return method((part) => text.startsWith(textOf(part)))
    case 'endsWith':
      return method((part) => text.endsWith(textOf(part)))
    case 'indexOf':
      return method((part) => text.indexOf(textOf(part)))
    case 'replace':
      return method((part, next) => limited(text.replace(textOf(part), () => textOf(next))))
    case 'replaceAll':
      return method((part, next) => limited(text.replaceAll(textOf(part), () => textOf(next))))
    case 'split':
      return method((separator) => text.split(textOf(separator)))
    case 'slice':
      return method((from, to) => text.slice(numberOf(from), to === undefined ? to : numberOf(to)))
    case 'trim':
      return method(() => text.trim())
    case 'toLowerCase':
      return method(() => text.toLowerCase())
    case 'toUpperCase':
      return method(() => text.toUpperCase())
    default:
      return undefined
  }
}

/** The globals of JavaScript that are not PocketBase's. */
export function languageGlobals(): ReadonlyMap<string, Value> {
  const nothing = new Callable(() => undefined)
  return new Map<string, Value>([
    ['undefined', undefined],
    ['String', new Callable(([value]) => textOf(value))],
    ['Number', new Callable(([value]) => numberOf(value))],
    ['Boolean', new Callable(([value]) => isTrue(value))],
    ['Error', new Callable(([message]) => new Map([['message', textOf(message ?? '')]]))],
    ['console', new Map(['log', 'warn', 'error', 'info'].map((name) => [name, nothing]))],
    [
      'JSON',
      new Map([
        ['parse', jsonParse],
        ['stringify', jsonStringify],
      ]),
    ],
    ['Array', new Map([['isArray', new Callable(([value]) => Array.isArray(value))]])],
    [
      'Object',
      new Map([
        ['keys', new Callable(([value]) => [...membersOf(value).keys()])],
        ['values', new Callable(([value]) => [...membersOf(value).values()])],
        ['entries', new Callable(([value]) => [...membersOf(value)].map((entry) => [...entry]))],
        ['assign', new Callable(assign)],
      ]),
    ],
  ])
}

const jsonParse = new Callable(([text]) => {
  try {
    return fromJson(JSON.parse(textOf(text)))
  } catch (error) {
    throw new ScriptError(error instanceof Error ? error.message : String(error))
  }
})

const jsonStringify = new Callable(([value, , space]) =>
  limited(JSON.stringify(toJson(value), null, typeof space === 'number' ? space : 0) ?? ''),
)

function assign([target, ...sources]: readonly Value[]): Value {
  for (const source of sources) {
    for (const [name, value] of membersOf(source)) setMember(target, name, value)
  }
  return target
}

/** The members of an object. */
export function membersOf(value: Value): Members {
  const own = isHostObject(value) ? value.toValue() : value
  if (own instanceof Map) return own
  if (Array.isArray(own)) return new Map(own.map((each, at) => [String(at), each]))
  if (own === undefined || own === null) return new Map()
  throw new ScriptError('The value is not an object.')
}

/** A value where JavaScript wants a text. */
export function textOf(value: Value): string {
  if (typeof value === 'object' && value !== null) {
    throw new BeyondError('an object is not a text')
  }
  return String(value)
}

/** A value where JavaScript wants a number. */
export function numberOf(value: Value): number {
  if (typeof value === 'object' && value !== null) {
    throw new BeyondError('an object is not a number')
  }
  return Number(value)
}

/** A value where JavaScript wants true or false. */
export function isTrue(value: Value): boolean {
  return Boolean(value)
}

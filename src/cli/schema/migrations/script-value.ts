/*
 * Values of a script. None is an object of ours that a script could climb out of: members are looked
 * up in maps, and functions are called through one method.
 */
import { dictionary } from '#kernel/dictionary.ts'

/** An object literal of a script. */
export type Members = Map<string, Value>

/** A value of a script. */
export type Value =
  | undefined
  | null
  | boolean
  | number
  | string
  | Value[]
  | Members
  | Callable
  | HostObject

/** A function or a constructor. */
export class Callable {
  readonly call: (args: readonly Value[]) => Value

  constructor(call: (args: readonly Value[]) => Value) {
    this.call = call
  }
}

/** An object of the host, which answers for each of its members. */
export interface HostObject {
  readonly isHostObject: true
  get(name: string): Value
  set(name: string, value: Value): void
  /** Its JSON, and the list that a loop walks over. */
  toValue(): Value
}

/** A part of the language, or of PocketBase, that is not there. The statement is skipped. */
export class BeyondError extends Error {
  override readonly name = 'BeyondError'
}

/** A failure that the script can catch. */
export class ScriptError extends Error {
  override readonly name = 'ScriptError'
  /** The thrown value. */
  readonly value: Value

  constructor(message: string, value: Value = new Map([['message', message]])) {
    super(message)
    this.value = value
  }
}

/** True for an object of the host. */
export function isHostObject(value: Value): value is HostObject {
  return typeof value === 'object' && value !== null && 'isHostObject' in value
}

/** The number of values in one document. A small script can name far more. */
const maxValues = 200_000

/** Characters of a text, and values of a list. */
const maxLength = 1_000_000

/** @throws {ScriptError} For a text or a list that is too long. */
export function limited<T extends string | readonly Value[]>(value: T): T {
  if (value.length > maxLength) throw new ScriptError('A value is too large.')
  return value
}

/** A value as JSON. @throws {ScriptError} If it is too large. */
export function toJson(value: Value): unknown {
  let count = 0
  const convert = (each: Value): unknown => {
    count++
    if (count > maxValues) throw new ScriptError('A value is too large.')
    if (isHostObject(each)) return convert(each.toValue())
    if (Array.isArray(each)) return each.map(convert)
    if (each instanceof Callable) return undefined
    if (!(each instanceof Map)) return each
    return dictionary([...each].map(([name, member]) => [name, convert(member)] as const))
  }
  return convert(value)
}

/** JSON as a value. */
export function fromJson(json: unknown): Value {
  if (Array.isArray(json)) return json.map(fromJson)
  if (typeof json === 'object' && json !== null) {
    return new Map(Object.entries(json).map(([name, member]) => [name, fromJson(member)]))
  }
  return json as Value
}

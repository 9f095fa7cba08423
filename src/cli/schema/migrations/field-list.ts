import { addField } from '#collections/field-list.ts'
import type { FieldDefinition } from '#fields/definition/field-type.ts'
import { memberOf, numberOf, textOf } from './built-in-members.ts'
import {
  BeyondError,
  Callable,
  fromJson,
  type HostObject,
  type Members,
  ScriptError,
  toJson,
  type Value,
} from './script-value.ts'

/** The fields of a collection, as scripts change them: PocketBase's `FieldsList`. */
export class FieldList implements HostObject {
  readonly isHostObject = true
  readonly #fields: Members[]

  constructor(fields: Value) {
    this.#fields = []
    if (!Array.isArray(fields)) return
    for (const field of fields) this.#add(-1, field)
  }

  toValue(): Members[] {
    return this.#fields
  }

  set(name: string): void {
    throw new BeyondError(`the member ${name} of fields cannot be set`)
  }

  get(name: string): Value {
    if (name === 'length') return this.#fields.length
    if (/^\d{1,4}$/.test(name)) return this.#fields[Number(name)]
    switch (name) {
      case 'add':
        return new Callable((fields) => this.#addAll(-1, fields))
      case 'addAt':
        return new Callable(([at, ...fields]) => this.#addAll(Math.max(numberOf(at), 0), fields))
      case 'addMarshaledJSON':
        return new Callable(([json]) => this.#addAll(-1, parsed(json)))
      case 'addMarshaledJSONAt':
        return new Callable(([at, json]) => this.#addAll(Math.max(numberOf(at), 0), parsed(json)))
      case 'removeById':
        return new Callable(([id]) => this.#remove('id', id))
      case 'removeByName':
        return new Callable(([name_]) => this.#remove('name', name_))
      case 'getById':
        return new Callable(([id]) => this.#find('id', id))
      case 'getByName':
        return new Callable(([name_]) => this.#find('name', name_))
      case 'fieldNames':
        return new Callable(() => this.#fields.map((field) => field.get('name')))
      case 'find':
      case 'filter':
      case 'map':
      case 'some':
      case 'every':
      case 'forEach':
        return memberOf([...this.#fields], name)
      default:
        throw new BeyondError(`the member ${name} of fields is not offered`)
    }
  }

  #addAll(at: number, fields: readonly Value[]): undefined {
    fields.forEach((field, offset) => this.#add(at < 0 ? at : at + offset, field))
    return undefined
  }

  /**
   * Adds a field, or replaces the one of its id. At a place, the replaced one moves there; without a
   * place, -1, it stays where it was.
   */
  #add(at: number, field: Value): void {
    if (!(field instanceof Map)) throw new ScriptError('The value is not a field.')
    const list = this.#fields.map((each) => toJson(each) as FieldDefinition)
    const json = toJson(field) as Readonly<Record<string, unknown>>
    const given = {
      ...json,
      id: String(json['id'] ?? ''),
      name: String(json['name'] ?? ''),
      type: String(json['type'] ?? ''),
    } as FieldDefinition
    const id = addField(list, given).find((each) => !list.includes(each))?.id ?? ''
    field.set('id', id)
    const stored = this.#fields.findIndex((each) => each.get('id') === id)
    if (at < 0) {
      this.#fields.splice(stored === -1 ? this.#fields.length : stored, 1, field)
      return
    }
    if (stored !== -1) this.#fields.splice(stored, 1)
    this.#fields.splice(Math.min(at, this.#fields.length), 0, field)
  }

  #find(key: 'id' | 'name', value: Value): Members | null {
    const text = textOf(value)
    return this.#fields.find((field) => field.get(key) === text) ?? null
  }

  #remove(key: 'id' | 'name', value: Value): undefined {
    const found = this.#find(key, value)
    if (found !== null) this.#fields.splice(this.#fields.indexOf(found), 1)
    return undefined
  }
}

/** The fields in a text of JSON: one or a list. */
function parsed(json: Value): readonly Value[] {
  try {
    const value = fromJson(JSON.parse(textOf(json)))
    return Array.isArray(value) ? value : [value]
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new ScriptError(error.message)
  }
}

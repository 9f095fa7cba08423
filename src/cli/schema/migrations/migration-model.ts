/*
 * PocketBase as generated migrations see it, over definitions in memory.
 */
import * as z from 'zod'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { systemCollections } from '#catalog/system-collections.ts'
import { completeChanged, completeNew } from '#collections/complete-definition.ts'
import { decodeDefinition } from '#collections/decode-definition.ts'
import { definitionJson } from '#collections/definition-json.ts'
import { blankFor, type CollectionBody } from '#collections/draft-definition.ts'
import { draftImport } from '#collections/draft-import.ts'
import { parseIndex } from '#catalog/indexes.ts'
import { ApiError } from '#kernel/errors.ts'
import { namedValues } from '#kernel/named-values.ts'
import { isTrue, languageGlobals, textOf } from './built-in-members.ts'
import { FieldList } from './field-list.ts'
import {
  BeyondError,
  Callable,
  fromJson,
  type HostObject,
  isHostObject,
  type Members,
  ScriptError,
  toJson,
  type Value,
} from './script-value.ts'

/** The definitions of a PocketBase, which scripts change. */
export class MigrationModel {
  #definitions: readonly CollectionDefinition[] = systemCollections
  readonly #now: Date

  constructor(now: Date) {
    this.#now = now
  }

  /** All definitions, in the order of creation. */
  get definitions(): readonly CollectionDefinition[] {
    return this.#definitions
  }

  /** Runs a change, all of it or nothing. */
  atomically(change: () => void): void {
    const before = this.#definitions
    try {
      change()
    } catch (error) {
      this.#definitions = before
      throw error
    }
  }

  /** The globals of a script. @param migrate takes the functions of a migration */
  globals(migrate: (up: Value) => void): ReadonlyMap<string, Value> {
    return new Map<string, Value>([
      ...languageGlobals(),
      [
        'migrate',
        new Callable(([up]) => {
          migrate(up)
          return undefined
        }),
      ],
      ['unmarshal', new Callable(([data, target]) => unmarshal(data, target))],
      ['Collection', new Callable(([data]) => new CollectionValue(data ?? new Map()))],
      ['Field', new Callable(([data]) => fieldOf(data))],
      ...Object.entries(fieldConstructors).map(
        ([name, type]) => [name, new Callable(([data]) => fieldOf(data, type))] as const,
      ),
    ])
  }

  /** The argument of a migration. */
  get app(): HostObject {
    const methods: Readonly<Record<string, (...args: Value[]) => Value>> = {
      findCollectionByNameOrId: (name) => this.#find(textOf(name)),
      findCachedCollectionByNameOrId: (name) => this.#find(textOf(name)),
      findAllCollections: (...types) => this.#all(types.flat().map(textOf)),
      save: (collection) => this.#save(collection),
      saveNoValidate: (collection) => this.#save(collection),
      delete: (collection) => this.#delete(collection),
      importCollections: (list, deleteMissing) => this.#import(toJson(list), deleteMissing),
      importCollectionsByMarshaledJSON: (text, deleteMissing) =>
        this.#import(parsed(textOf(text)), deleteMissing),
    }
    const found = new Map(Object.entries(methods))
    return {
      isHostObject: true,
      get(name) {
        const method = found.get(name)
        if (method === undefined) throw new BeyondError(`app.${name} is no part of definitions`)
        return new Callable((args) => method(...args))
      },
      set(name) {
        throw new BeyondError(`app.${name} cannot be set`)
      },
      toValue: () => new Map(),
    }
  }

  #find(nameOrId: string): CollectionValue {
    const found =
      this.#definitions.find(({ id }) => id === nameOrId) ??
      this.#definitions.find(({ name }) => name.toLowerCase() === nameOrId.toLowerCase())
    if (found === undefined) throw new ScriptError(`There is no collection ${nameOrId}.`)
    return new CollectionValue(found)
  }

  #all(types: readonly string[]): CollectionValue[] {
    return this.#definitions
      .filter(({ type }) => types.length === 0 || types.includes(type))
      .map((definition) => new CollectionValue(definition))
  }

  #save(value: Value): undefined {
    if (!(value instanceof CollectionValue)) throw new BeyondError('only collections are saved')
    const { previous } = value
    const body = toJson(value) as CollectionBody
    const { definition } = readable(() =>
      decodeDefinition(previous ?? blankFor(body, body['id']), body),
    )
    const others = this.#definitions.filter(({ id }) => id !== previous?.id)
    const next =
      previous === undefined
        ? completeNew(definition, {
            isTaken: (id) => others.some((other) => other.id === id),
            now: this.#now,
          })
        : completeChanged(definition, { previous, now: this.#now })
    assertFree(next, others)
    this.#store(next, previous)
    value.becomes(next)
    return undefined
  }

  #store(next: CollectionDefinition, previous: CollectionDefinition | undefined): void {
    const at = this.#definitions.findIndex(({ id }) => id === previous?.id)
    this.#definitions = at === -1 ? [...this.#definitions, next] : this.#definitions.with(at, next)
  }

  #delete(value: Value): undefined {
    if (!(value instanceof CollectionValue)) throw new BeyondError('only collections are deleted')
    const id = value.previous?.id
    if (!this.#definitions.some((definition) => definition.id === id)) {
      throw new ScriptError('The collection does not exist.')
    }
    this.#definitions = this.#definitions.filter((definition) => definition.id !== id)
    return undefined
  }

  #import(list: unknown, deleteMissing: Value): undefined {
    const bodies = z.array(namedValues(z.unknown())).safeParse(list).data
    if (bodies === undefined) throw new ScriptError('The import is no list of collections.')
    const request = { collections: bodies, deleteMissing: isTrue(deleteMissing) }
    const drafts = readable(() => draftImport(this.#definitions, request, this.#now))
    if (request.deleteMissing) {
      this.#definitions = this.#definitions.filter(
        ({ id, system }) => system || drafts.some(({ next }) => next.id === id),
      )
    }
    for (const { next, previous } of drafts) this.#store(next, previous)
    return undefined
  }
}

function assertFree(next: CollectionDefinition, others: readonly CollectionDefinition[]): void {
  const isSame = ({ id, name }: CollectionDefinition) =>
    id === next.id || name.toLowerCase() === next.name.toLowerCase()
  if (others.some(isSame)) throw new ScriptError(`There is a collection ${next.name} already.`)
  if (next.name === '') throw new ScriptError('A collection has no name.')
}

/** @throws {ScriptError} For what is no definition. */
function readable<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof z.ZodError) throw new ScriptError(error.issues[0]?.message ?? '')
    if (error instanceof ApiError) throw new ScriptError(error.message)
    throw error
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ScriptError(error instanceof Error ? error.message : String(error))
  }
}

/** A collection as a script sees it: new, or a copy of a stored one until it is saved. */
class CollectionValue implements HostObject {
  readonly isHostObject = true
  /** The stored definition. */
  previous: CollectionDefinition | undefined
  #members: Members = new Map()

  constructor(from: CollectionDefinition | Value) {
    if (typeof from === 'object' && from !== null && 'fields' in from && 'options' in from) {
      this.becomes(from)
      return
    }
    const body = toJson(from) as CollectionBody
    if (typeof body !== 'object' || body === null) throw new ScriptError('It is no collection.')
    this.#read(definitionJson(blankFor(body, body['id'])))
    unmarshal(from, this)
  }

  /** Takes the values of a stored definition. */
  becomes(definition: CollectionDefinition): void {
    this.previous = definition
    this.#read(definitionJson(definition))
  }

  #read(json: Readonly<Record<string, unknown>>): void {
    this.#members = fromJson(json) as Members
    this.#members.set('fields', new FieldList(this.#members.get('fields')))
  }

  toValue(): Members {
    return this.#members
  }

  set(name: string, value: Value): void {
    this.#members.set(name, name === 'fields' ? new FieldList(toList(value)) : value)
  }

  get(name: string): Value {
    switch (name) {
      case 'addIndex':
        return new Callable(([index, unique, columns, where]) =>
          this.#addIndex(textOf(index), isTrue(unique), textOf(columns), textOf(where ?? '')),
        )
      case 'removeIndex':
        return new Callable(([index]) => this.#removeIndex(textOf(index)))
      case 'isBase':
      case 'isAuth':
      case 'isView':
        return new Callable(() => this.#members.get('type') === name.slice(2).toLowerCase())
      default:
        return this.#members.get(name)
    }
  }

  #addIndex(name: string, isUnique: boolean, columns: string, where: string): undefined {
    this.#removeIndex(name)
    const table = textOf(this.#members.get('name'))
    const condition = where === '' ? '' : ` WHERE ${where}`
    const kind = isUnique ? 'UNIQUE INDEX' : 'INDEX'
    const text = `CREATE ${kind} \`${name}\` ON \`${table}\` (${columns})${condition}`
    this.#members.set('indexes', [...this.#indexes(), text])
    return undefined
  }

  #removeIndex(name: string): undefined {
    const isNamed = (text: Value) =>
      typeof text === 'string' && parseIndex(text)?.name.toLowerCase() === name.toLowerCase()
    this.#members.set(
      'indexes',
      this.#indexes().filter((text) => !isNamed(text)),
    )
    return undefined
  }

  #indexes(): readonly Value[] {
    return toList(this.#members.get('indexes'))
  }
}

function toList(value: Value): Value[] {
  const list = value !== undefined && isHostObject(value) ? value.toValue() : value
  return Array.isArray(list) ? list : []
}

/** Puts data into a collection or a field, as Go reads JSON into a struct: objects merge. */
function unmarshal(data: Value, target: Value): undefined {
  const source = isHostObject(data) ? data.toValue() : data
  if (!(source instanceof Map)) throw new ScriptError('The data is no object.')
  const own = target instanceof CollectionValue ? target.toValue() : target
  if (!(own instanceof Map)) throw new BeyondError('only collections and fields are unmarshalled')
  for (const [name, value] of source) {
    const stored = own.get(name)
    if (stored instanceof Map && value instanceof Map) unmarshal(value, stored)
    else if (target instanceof CollectionValue) target.set(name, fromJson(toJson(value)))
    else own.set(name, fromJson(toJson(value)))
  }
  return undefined
}

/** The constructors of fields, with the types that they make. */
const fieldConstructors = {
  AutodateField: 'autodate',
  BoolField: 'bool',
  DateField: 'date',
  EditorField: 'editor',
  EmailField: 'email',
  FileField: 'file',
  GeoPointField: 'geoPoint',
  JSONField: 'json',
  NumberField: 'number',
  PasswordField: 'password',
  RelationField: 'relation',
  SelectField: 'select',
  TextField: 'text',
  URLField: 'url',
} as const

function fieldOf(data: Value, type?: string): Members {
  const members = fromJson(toJson(data ?? new Map()))
  if (!(members instanceof Map)) throw new ScriptError('The value is not a field.')
  if (type !== undefined) members.set('type', type)
  return members
}

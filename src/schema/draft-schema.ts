/*
 * The definitions that a request asks for, as drafts over the stored ones. Code has all of a
 * definition, so an option that it does not mention has its default; secrets and system fields are
 * the server's and stay.
 */
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import { tokenOptionNames } from '#catalog/auth-options.ts'
import type { AuthOptions, CollectionDefinition } from '#catalog/definition.ts'
import { formatIndex, parseIndex } from '#catalog/indexes.ts'
import { defaultFieldId } from '#catalog/system-fields.ts'
import {
  blankDefinition,
  completeChanged,
  completeNew,
  defaultId,
  uniqueColumn,
} from '#collections/complete-definition.ts'
import { decodeDefinition, isCollectionType } from '#collections/decode-definition.ts'
import { type CollectionBody, type Draft } from '#collections/draft-definition.ts'
import { isChanged } from '#collections/history/definition-changes.ts'
import { fromLegacy, isLegacy } from '#collections/legacy-format.ts'
import type { FieldDefinition } from '#fields/definition/field-type.ts'
import { ApiError } from '#kernel/errors.ts'
import { namedValues } from '#kernel/named-values.ts'
import { schemaErrors } from './errors.ts'
import { isSameName, matchItems, type StoredItem, type SubmittedItem } from './match.ts'
import type { SchemaRequest } from './request.ts'

/** A draft, and the fields that went and came without a word about them. */
export interface SchemaDraft extends Draft {
  readonly gone: readonly FieldDefinition[]
  readonly fresh: readonly FieldDefinition[]
}

interface SubmittedCollection extends SubmittedItem {
  readonly body: CollectionBody
}

interface SubmittedField extends SubmittedItem {
  readonly members: CollectionBody
}

type Request = Pick<SchemaRequest, 'collections' | 'renames' | 'source'>

/**
 * Drafts the requested definitions, in the order of the request.
 *
 * @throws {ApiError} `malformed`
 */
export function draftSchema(
  stored: readonly CollectionDefinition[],
  request: Request,
  now: Date,
): SchemaDraft[] {
  const renames = renamesOf(request)
  const submitted = request.collections.map((body, at) =>
    readable(at, () => collectionOf(body, renames)),
  )
  const matches = matchItems(stored, submitted, defaultId)
  const ids = finalIds(stored, submitted, matches)
  const idOf = (reference: string) =>
    ids.get(reference) ?? stored.find(({ name }) => isSameName(name, reference))?.id ?? reference
  return submitted.map((collection, at) =>
    readable(at, () => {
      const previous = matches.get(collection)
      const id = ids.get(collection.id) ?? collection.id
      return request.source === 'dashboard'
        ? draftEdit(previous, collection, now)
        : draftPush(previous, collection, { id, idOf, renames, now })
    }),
  )
}

/** A new name, of a collection or of a field in a table. */
interface Rename {
  readonly table: string | undefined
  readonly from: string
  readonly to: string
}

function renamesOf({ renames }: Request): Rename[] {
  return Object.entries(renames).map(([path, to]) => {
    const [table = '', field] = path.split('.')
    return field === undefined ? { table: undefined, from: table, to } : { table, from: field, to }
  })
}

function collectionOf(submitted: CollectionBody, renames: readonly Rename[]): SubmittedCollection {
  const body = isLegacy(submitted) ? fromLegacy(submitted) : submitted
  const { name, type } = item(body)
  const given = item(body).id
  const former = textOf(body['renamedFrom'])
  const now = renames.find(({ table, to }) => table === undefined && isSameName(to, name))?.from
  return {
    body,
    name,
    type: type === '' ? 'base' : type,
    id: given === '' ? defaultId(type === '' ? 'base' : type, name) : given,
    renamedFrom: now ?? (former === '' ? undefined : former),
    isRenamedNow: now !== undefined,
  }
}

function item(members: CollectionBody): StoredItem {
  return {
    id: textOf(members['id']),
    name: textOf(members['name']),
    type: textOf(members['type']),
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** The ids that the submitted collections have on this deployment, by their ids and names in code. */
function finalIds(
  stored: readonly CollectionDefinition[],
  submitted: readonly SubmittedCollection[],
  matches: ReadonlyMap<SubmittedCollection, CollectionDefinition>,
): Map<string, string> {
  const ids = new Map<string, string>()
  const used = new Set(stored.map(({ id }) => id))
  for (const collection of submitted) {
    const previous = matches.get(collection)
    const id = previous?.id ?? freeId(collection.id, used)
    used.add(id)
    if (!ids.has(collection.name)) ids.set(collection.name, id)
    ids.set(collection.id, id)
  }
  return ids
}

function freeId(id: string, used: ReadonlySet<string>): string {
  let free = id
  for (let n = 2; used.has(free); n++) free = `${id}${n}`
  return free
}

/** A change from the dashboard, which decodes like any other request there. */
function draftEdit(
  previous: CollectionDefinition | undefined,
  { body, type, name, id }: SubmittedCollection,
  now: Date,
): SchemaDraft {
  const none = { gone: [], fresh: [] }
  if (previous === undefined) {
    const blank = blankDefinition(isCollectionType(type) ? type : 'base', name, id)
    const { definition, type: asked } = decodeDefinition(blank, body)
    return {
      ...none,
      type: asked,
      previous,
      next: completeNew(definition, { isTaken: () => false, now }),
    }
  }
  const { definition, type: asked } = decodeDefinition(previous, { ...body, id: previous.id })
  const next = completeChanged(definition, { previous, now })
  return { ...none, type: asked, previous, next: isChanged(previous, next) ? next : previous }
}

interface PushContext {
  /** The id of the collection on this deployment. */
  readonly id: string
  /** The id of a collection that code refers to. */
  idOf(reference: string): string
  readonly renames: readonly Rename[]
  readonly now: Date
}

function draftPush(
  previous: CollectionDefinition | undefined,
  collection: SubmittedCollection,
  { id, idOf, renames, now }: PushContext,
): SchemaDraft {
  const { body, type, name } = collection
  const blank = blankDefinition(isCollectionType(type) ? type : 'base', name, id)
  const fields = fieldsOf(body, name, renames)
  const named = nameFields(previous?.fields ?? [], fields, idOf)
  const isListed = Array.isArray(body['fields'])
  const given = {
    ...body,
    id,
    system: previous?.system ?? body['system'] ?? false,
    indexes: indexesOf(body, collection.id, id),
    // The query of a view determines its fields.
    ...(type === 'view'
      ? { fields: previous?.fields ?? [] }
      : isListed
        ? { fields: named.members }
        : {}),
    ...(type === 'auth' ? { oauth2: completeOAuth2(body['oauth2']) } : {}),
  }
  const { definition: decoded, type: asked } = decodeDefinition(
    withSecretsOf(blank, previous),
    given,
  )
  if (previous === undefined) {
    const next = completeNew(decoded, { isTaken: () => false, now })
    return { next, previous, type: asked, gone: [], fresh: [] }
  }

  const definition = withAuthIndexesOf({ ...decoded, created: previous.created }, previous)
  const next = withKnownOrder(completeChanged(definition, { previous, now }), previous)
  const kept = new Set(next.fields.map((field) => field.id))
  return {
    next: isChanged(previous, next) ? next : previous,
    previous,
    type: asked,
    gone: previous.fields.filter((field) => !kept.has(field.id)),
    fresh: next.fields.filter((field) => !previous.fields.some((other) => other.id === field.id)),
  }
}

const members = lazy(() => namedValues(z.unknown()))
const fieldList = lazy(() => z.array(members()))

function fieldsOf(
  body: CollectionBody,
  collection: string,
  renames: readonly Rename[],
): SubmittedField[] {
  const before = renames.find(({ table, to }) => table === undefined && isSameName(to, collection))
  const own = renames.filter(
    ({ table }) => isSameName(table, collection) || isSameName(table, before?.from ?? collection),
  )
  return fieldList()
    .parse(body['fields'] ?? [])
    .map(({ renamedFrom, ...given }) => {
      const { id, name, type } = item(given)
      const now = own.find(({ to }) => isSameName(to, name))?.from
      const said = textOf(renamedFrom)
      return {
        members: given,
        name,
        type,
        id: id === '' ? defaultFieldId(type, name) : id,
        renamedFrom: now ?? (said === '' ? undefined : said),
        isRenamedNow: now !== undefined,
      }
    })
}

/**
 * Gives the fields the ids of the stored ones, and adds the stored system fields that code does not
 * list.
 */
function nameFields(
  stored: readonly FieldDefinition[],
  fields: readonly SubmittedField[],
  idOf: (reference: string) => string,
): { readonly members: readonly CollectionBody[] } {
  const matches = matchItems(stored, fields, defaultFieldId)
  const found = new Set(matches.values())
  const used = new Set(stored.map(({ id }) => id))
  const named = fields.map((field) => {
    const id = matches.get(field)?.id ?? freeId(field.id, used)
    used.add(id)
    const { collectionId } = field.members
    const related = typeof collectionId === 'string' ? { collectionId: idOf(collectionId) } : {}
    return { ...field.members, ...related, id }
  })
  const system = stored.filter((field) => field.system && !found.has(field))
  return { members: [...system, ...named] }
}

/** The indexes, with the id of the collection in their names replaced by the one it has here. */
function indexesOf(body: CollectionBody, submittedId: string, id: string): unknown {
  const { indexes } = body
  if (!Array.isArray(indexes)) return indexes ?? []
  return indexes.map((text: unknown) => {
    const index = typeof text === 'string' ? parseIndex(text) : undefined
    if (index === undefined || id === submittedId || !index.name.includes(submittedId)) return text
    return formatIndex({ ...index, name: index.name.replaceAll(submittedId, id) })
  })
}

/** Code does not repeat the indexes that every auth collection has, whatever their names are. */
function withAuthIndexesOf<D extends CollectionDefinition>(
  definition: D,
  previous: CollectionDefinition,
): D {
  if (definition.type !== 'auth') return definition
  const covered = new Set(definition.indexes.map(uniqueColumn))
  const own = previous.indexes.filter((index) => {
    const column = uniqueColumn(index)
    return (column === 'tokenkey' || column === 'email') && !covered.has(column)
  })
  return { ...definition, indexes: [...own, ...definition.indexes] }
}

/** Indexes have no order that matters, so another one is no change. */
function withKnownOrder(
  next: CollectionDefinition,
  previous: CollectionDefinition,
): CollectionDefinition {
  const sorted = (indexes: readonly string[]) => JSON.stringify(indexes.toSorted())
  const isSame = sorted(next.indexes) === sorted(previous.indexes)
  return isSame ? { ...next, indexes: previous.indexes } : next
}

/** A blank definition with the secrets of the stored one. */
export function withSecretsOf(
  blank: CollectionDefinition,
  previous: CollectionDefinition | undefined,
): CollectionDefinition {
  if (blank.type !== 'auth' || previous?.type !== 'auth') return blank
  const options: AuthOptions = {
    ...blank.options,
    oauth2: {
      ...blank.options.oauth2,
      // Only for their secrets: the rest is replaced, but `extra` would merge.
      providers: previous.options.oauth2.providers.map((provider) => ({
        ...provider,
        extra: null,
      })),
    },
  }
  const tokens = tokenOptionNames.map((name) => {
    const { secret } = previous.options[name]
    return [name, { ...options[name], secret }] as const
  })
  return { ...blank, options: { ...options, ...Object.fromEntries(tokens) } }
}

const blankProvider = {
  pkce: null,
  name: '',
  clientId: '',
  authURL: '',
  tokenURL: '',
  userInfoURL: '',
  displayName: '',
  extra: null,
}

/** All members of the providers, except for their secrets, which stay with their clients. */
function completeOAuth2(submitted: unknown): unknown {
  const given = members().parse(submitted ?? {})
  const providers = fieldList().parse(given['providers'] ?? [])
  return { ...given, providers: providers.map((provider) => ({ ...blankProvider, ...provider })) }
}

/** @throws {ApiError} `malformed` */
function readable<T>(at: number, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error
    const message = error.issues[0]?.message ?? error.message
    const issues = { collections: { [at]: { code: 'validation_invalid_definition', message } } }
    throw new ApiError(schemaErrors.malformed, { issues, cause: error })
  }
}

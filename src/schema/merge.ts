/*
 * Three-way merge of definitions: what code changed since the last push, and what was changed on
 * the deployment since. Fields merge option by option, everything else member by member. A thing
 * that both changed, in different ways, is a conflict.
 */
import type { CollectionDefinition } from '#catalog/definition.ts'
import { parseIndex } from '#catalog/indexes.ts'
import { fieldById } from '#collections/validate/definition-check.ts'

/** The three versions of one collection. */
export interface Versions<T> {
  /** As it was pushed last; undefined if it was not part of it. */
  readonly base: T | undefined
  /** As code has it now; undefined if it does not any more. */
  readonly code: T | undefined
  /** As the deployment has it; undefined if it was deleted there. */
  readonly stored: T | undefined
}

/** The merged definition, and the paths of what both sides changed. */
export interface Merged<T> {
  readonly merged: T | undefined
  readonly conflicts: readonly string[]
}

/** Merges the versions of a collection. Its type and id are never in question. */
export function mergeDefinitions({
  base,
  code,
  stored,
}: Versions<CollectionDefinition>): Merged<CollectionDefinition> {
  if (base === undefined || code === undefined || stored === undefined) {
    return mergeWhole({ base, code, stored })
  }
  const conflicts: string[] = []
  const { fields: _f, indexes: _i, ...rest } = code
  const members = mergeMembers(
    { base: membersOf(base), code: rest, stored: membersOf(stored) },
    '',
    conflicts,
  )
  const fields = mergeList(
    { base: base.fields, code: code.fields, stored: stored.fields },
    (list, { id }) => fieldById(list, id),
    ({ name }) => `fields.${name}`,
    conflicts,
  )
  const indexes = mergeList(
    { base: base.indexes, code: code.indexes, stored: stored.indexes },
    (list, text) => list.find((other) => indexKey(other) === indexKey(text)),
    (text) => `indexes.${indexKey(text)}`,
    conflicts,
  )
  const dates = { created: stored.created, updated: code.updated }
  return { merged: { ...code, ...members, ...dates, fields, indexes }, conflicts }
}

function membersOf(definition: CollectionDefinition): Readonly<Record<string, unknown>> {
  const { fields: _f, indexes: _i, ...rest } = definition
  return rest
}

function indexKey(text: string): string {
  return parseIndex(text)?.name.toLowerCase() ?? text
}

/** A collection that one of the sides does not have. */
function mergeWhole<T extends { readonly name: string }>({
  base,
  code,
  stored,
}: Versions<T>): Merged<T> {
  const isKeptAsPushed = base === undefined ? undefined : isSame(base, code ?? stored)
  if (base === undefined) {
    if (code === undefined || stored === undefined) return { merged: code ?? stored, conflicts: [] }
    return isSame(code, stored)
      ? { merged: code, conflicts: [] }
      : { merged: code, conflicts: ['collection'] }
  }
  if (code === undefined && stored === undefined) return { merged: undefined, conflicts: [] }
  return isKeptAsPushed === true
    ? { merged: undefined, conflicts: [] }
    : { merged: code ?? stored, conflicts: ['collection'] }
}

type Members = Readonly<Record<string, unknown>>

function mergeMembers(
  { base, code, stored }: Record<'base' | 'code' | 'stored', Members>,
  path: string,
  conflicts: string[],
): Members {
  const keys = Object.keys({ ...stored, ...code }).filter(
    (key) => !['created', 'updated', 'renamedFrom'].includes(key),
  )
  return Object.fromEntries(
    keys.map((key) => [
      key,
      mergeValue(
        { base: base[key], code: code[key], stored: stored[key] },
        path === '' ? key : `${path}.${key}`,
        conflicts,
      ),
    ]),
  )
}

function mergeValue(
  { base, code, stored }: Record<'base' | 'code' | 'stored', unknown>,
  path: string,
  conflicts: string[],
): unknown {
  // Secrets differ for reasons of their own, and a version without them has none to compare.
  if (isSame(code, stored) || isSame(base, code)) return stored
  if (isSame(base, stored)) return code
  if (isMembers(base) && isMembers(code) && isMembers(stored)) {
    return mergeMembers({ base, code, stored }, path, conflicts)
  }
  conflicts.push(path)
  return code
}

/** Merges lists whose items have keys: in the order of code, then what only the deployment has. */
function mergeList<T>(
  { base, code, stored }: Record<'base' | 'code' | 'stored', readonly T[]>,
  find: (list: readonly T[], item: T) => T | undefined,
  pathOf: (item: T) => string,
  conflicts: string[],
): T[] {
  const merge = (item: T): T[] => {
    const versions = {
      base: find(base, item),
      code: find(code, item),
      stored: find(stored, item),
    }
    const { merged, found } = mergeItem(versions, pathOf(item))
    conflicts.push(...found)
    return merged === undefined ? [] : [merged]
  }
  const others = stored.filter((item) => find(code, item) === undefined)
  return [...code.flatMap(merge), ...others.flatMap(merge)]
}

function mergeItem<T>(
  { base, code, stored }: Versions<T>,
  path: string,
): { readonly merged: T | undefined; readonly found: readonly string[] } {
  if (isSame(code, stored) || (base !== undefined && isSame(base, code))) {
    return { merged: stored, found: [] }
  }
  if (isSame(base, stored)) return { merged: code, found: [] }
  if (base === undefined && (code === undefined || stored === undefined)) {
    return { merged: code ?? stored, found: [] }
  }
  if (isMembers(base) && isMembers(code) && isMembers(stored)) {
    const found: string[] = []
    const merged = mergeMembers({ base, code, stored }, path, found)
    return { merged: { ...code, ...merged }, found }
  }
  return { merged: code ?? stored, found: [path] }
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(comparable(a)) === JSON.stringify(comparable(b))
}

/** Without dates, and with sorted keys. */
function comparable(value: unknown): unknown {
  if (!isMembers(value)) return value
  const entries = Object.entries(value).filter(([key]) => key !== 'created' && key !== 'updated')
  return Object.fromEntries(
    entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, comparable(each)]),
  )
}

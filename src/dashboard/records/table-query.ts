import type { CollectionField, CollectionModel } from 'pocketbase'
import type { RecordQuery } from '#dashboard/api/records/records.ts'
import { fieldTypeOf } from '#dashboard/fields/registry.ts'
import { labelFieldsOf } from '#dashboard/fields/values/record-label.ts'
import type { SortKey } from '#dashboard/ui/grid/grid-types.ts'

/** The state of a table of records, as its address has it. */
export interface TableAddress {
  readonly filter?: string
  readonly sort?: string
  /** Names of the shown fields, in their order. */
  readonly columns?: string
}

/** The fields that a table shows: the ones in the URL, or all that may be shown. */
export function columnsOf(
  collection: CollectionModel,
  { columns }: TableAddress,
): CollectionField[] {
  const shown = collection.fields.filter((field) => fieldTypeOf(field).Cell !== undefined)
  if (columns === undefined) return shown.filter(({ hidden }) => !hidden)
  const names = columns.split(',')
  return names.flatMap((name) => shown.find((field) => field.name === name) ?? [])
}

/** The request that a table needs: the shown fields, and the names of what they refer to. */
export function queryOf(
  collection: CollectionModel,
  address: TableAddress,
  collections: readonly CollectionModel[],
): RecordQuery {
  const shown = columnsOf(collection, address)
  const relations = shown.flatMap((field) => {
    const target = collections.find(({ id }) => id === field['collectionId'])
    return target === undefined ? [] : [{ name: field.name, labels: labelFieldsOf(target) }]
  })
  const expanded = relations.filter(({ labels }) => labels.length > 0)
  const fields = [
    'id',
    'collectionId',
    'collectionName',
    ...shown.map(({ name }) => name).filter((name) => name !== 'id'),
    ...expanded.flatMap(({ name, labels }) =>
      ['id', ...labels].map((label) => `expand.${name}.${label}`),
    ),
  ]
  return {
    filter: filterOf(address),
    sort: address.sort ?? defaultSort(collection),
    fields: [...new Set(fields)].join(','),
    expand: expanded.map(({ name }) => name).join(','),
  }
}

function filterOf({ filter = '' }: TableAddress): string {
  return filter
}

/** The newest first, where records say when they were created. */
function defaultSort({ fields }: CollectionModel): string {
  return fields.some(({ name, type }) => name === 'created' && type === 'autodate')
    ? '-created'
    : ''
}

/** Reads the sort of an address: `-created,title`. */
export function readSort(sort: string): SortKey[] {
  return sort
    .split(',')
    .filter((part) => part !== '')
    .map((part) => ({
      key: part.replace(/^[-+]/, ''),
      direction: part.startsWith('-') ? 'descending' : 'ascending',
    }))
}

/** Writes a sort as an address has it. */
export function writeSort(sort: readonly SortKey[]): string {
  return sort.map(({ key, direction }) => (direction === 'descending' ? `-${key}` : key)).join(',')
}

/**
 * The filter that a typed text means. A text without a comparison is looked for in the shown fields of
 * text; everything else is a filter already.
 */
export function filterFromText(
  text: string,
  shown: readonly CollectionField[],
  isFilter: (candidate: string) => boolean,
): string {
  const trimmed = text.trim()
  if (trimmed === '' || /[=~<>]/.test(trimmed) || isFilter(trimmed)) return trimmed
  const names = shown.filter((field) => fieldTypeOf(field).isText).map(({ name }) => name)
  const quoted = `"${trimmed.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
  return names.map((name) => `${name} ~ ${quoted}`).join(' || ')
}

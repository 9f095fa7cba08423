import type { Collection, CollectionSet } from '#catalog/collection.ts'
import type { Field } from '#fields/definition/field-type.ts'

/** The maximum depth of expanded relations. Deeper ones are silently left out. */
const maxDepth = 6

/** One relation to follow: a record's own relation field, or a back-relation. */
export interface ExpandStep {
  /** The key under `expand`, as the client wrote it. */
  readonly key: string
  readonly direction: 'forward' | 'back'
  /** The relation field of the record, or of the collection that refers to it. */
  readonly field: Field
  /** The collection of the related records. */
  readonly target: Collection
  /** True if the result is one record instead of a list. */
  readonly isSingle: boolean
}

/** A path: its steps, and whether it ends at something that does not exist. */
export interface ExpandPath {
  readonly steps: readonly ExpandStep[]
  readonly isBroken: boolean
}

/** The context of parsing an `expand` parameter. */
interface Reader {
  readonly collections: CollectionSet
  /** Other callers cannot use hidden relations. */
  readonly isSuperuser: boolean
}

/**
 * Parses an `expand` parameter for a collection. Never fails: an invalid path is marked as broken.
 */
export function parseExpand(expand: string, collection: Collection, reader: Reader): ExpandPath[] {
  const paths = expand
    .split(',')
    .map((path) => path.replaceAll(' ', '').replace(/^\.+|\.+$/g, ''))
    .filter((path) => path !== '')
  return [...new Set(paths)]
    .filter((path) => !paths.some((other) => other.startsWith(`${path}.`)))
    .map((path) => resolvePath(path.split('.').slice(0, maxDepth), collection, reader))
}

function resolvePath(
  segments: readonly string[],
  collection: Collection,
  reader: Reader,
): ExpandPath {
  const steps: ExpandStep[] = []
  let current = collection
  for (const segment of segments) {
    const step = forwardStep(segment, current, reader) ?? backStep(segment, current, reader)
    const isSeen = reader.isSuperuser || step?.field.hidden === false
    if (step === undefined || !isSeen) return { steps, isBroken: true }
    steps.push(step)
    current = step.target
  }
  return { steps, isBroken: false }
}

function forwardStep(
  key: string,
  collection: Collection,
  { collections }: Reader,
): ExpandStep | undefined {
  const field = collection.field(key)
  const target = field?.relatedCollectionId && collections.find(field.relatedCollectionId)
  if (!field || !target) return undefined
  return { key, direction: 'forward', field, target, isSingle: !field.isMultiple }
}

const backReference = /^(\w+)_via_(\w+)$/
const legacyBackReference = /^(\w+)\((\w+)\)$/

function backStep(
  key: string,
  collection: Collection,
  { collections }: Reader,
): ExpandStep | undefined {
  const [, name, fieldName] = backReference.exec(key) ?? legacyBackReference.exec(key) ?? []
  const target = name === undefined ? undefined : collections.find(name)
  const field = fieldName === undefined ? undefined : target?.field(fieldName)
  if (!target || !field || field.relatedCollectionId !== collection.id) return undefined
  return { key, direction: 'back', field, target, isSingle: target.isUnique(field.name) }
}

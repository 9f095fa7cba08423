import type { Issues } from '#kernel/errors.ts'
import type { CollectionDefinition } from './definition.ts'
import { parseIndex } from './indexes.ts'
import { invalidIndex } from './issues.ts'
import { findRefusedIndex } from './refused-index.ts'

/** The issue of the index that a fault of the database is about; undefined when it is about none. */
export function refusedIndex(definition: CollectionDefinition, fault: string): Issues | undefined {
  const at = findRefusedIndex(definition, fault)
  if (at === undefined) return undefined
  const name = parseIndex(definition.indexes[at] ?? '')?.name ?? ''
  return { [at]: invalidIndex(`Failed to create index ${name} - ${fault}`) }
}

import type { FieldIssue, Issues } from '#kernel/errors.ts'
import { eachFault } from '#go-compat/validation-rules.ts'
import { uniqueColumn } from '#collections/complete-definition.ts'
import type { DefinitionChange } from './definition-check.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { formatIndex, parseIndex, type ParsedIndex } from '#catalog/indexes.ts'
import {
  changedSystemIndex,
  definitionIssues,
  invalidIndex,
  missingUniqueIndex,
  usedIndexName,
} from './issues.ts'

/** Validates the indexes as far as possible without creating them. */
export function validateIndexes(change: DefinitionChange): FieldIssue | Issues | undefined {
  const { next } = change
  if (next.type === 'view') {
    return next.indexes.length > 0 ? definitionIssues.indexesNotSupported : undefined
  }
  return faultyIndexes(change) ?? changedUniqueIndex(change) ?? missingIndex(next)
}

/** Only the first issue is reported, since the others may follow from it. */
function faultyIndexes(change: DefinitionChange): Issues | undefined {
  const faults = eachFault(change.next.indexes, (text, at) => indexFault(change, text, at))
  const [first] = Object.entries(faults)
  return first === undefined ? undefined : Object.fromEntries([first])
}

function indexFault(change: DefinitionChange, text: string, at: number): FieldIssue | undefined {
  const index = parseIndex(text)
  if (index === undefined) return invalidIndex()

  const earlier = parsed(change.next.indexes.slice(0, at))
  if (earlier.some((other) => sameName(other, index))) return definitionIssues.duplicatedIndexName
  const owner = ownerOf(change, index)
  if (owner !== undefined) return usedIndexName(owner.name)
  const isRepeated = earlier.some((other) => essence(other) === essence(index))
  return isRepeated ? definitionIssues.duplicatedIndexDefinition : undefined
}

function parsed(indexes: readonly string[]): ParsedIndex[] {
  return indexes.map(parseIndex).filter((index) => index !== undefined)
}

function sameName(a: ParsedIndex, b: ParsedIndex): boolean {
  return a.name.toLowerCase() === b.name.toLowerCase()
}

/** The other collection with an index of this name. */
function ownerOf(
  { stored, next }: DefinitionChange,
  index: ParsedIndex,
): CollectionDefinition | undefined {
  const others = stored.filter(({ id }) => id !== next.id)
  return others.find((other) => parsed(other.indexes).some((used) => sameName(used, index)))
}

/** An index without its name. */
function essence(index: ParsedIndex): string {
  return formatIndex({ ...index, name: '', table: '' })
}

/** The columns a UNIQUE index covers, without their order, collation and condition. */
function constraint(index: ParsedIndex): string {
  const columns = index.columns.map((column) => ({ ...column, collate: '', sort: '' as const }))
  return essence({ ...index, schema: '', where: '', columns })
}

/** Sign-in and ids depend on the UNIQUE indexes on system fields. */
function changedUniqueIndex({ next, previous }: DefinitionChange): FieldIssue | undefined {
  const kept = parsed(next.indexes).map(constraint)
  for (const index of parsed(previous?.indexes ?? [])) {
    if (!index.unique || kept.includes(constraint(index))) continue
    const columns = index.columns.map(({ name }) => name.toLowerCase())
    const field = previous?.fields.find(
      ({ system, name }) => system && columns.includes(name.toLowerCase()),
    )
    if (field !== undefined) return changedSystemIndex(field.name)
  }
  return undefined
}

function missingIndex({ type, indexes }: CollectionDefinition): FieldIssue | undefined {
  if (type !== 'auth') return undefined
  const covered = indexes.map(uniqueColumn)
  const missing = ['tokenKey', 'email'].find((name) => !covered.includes(name.toLowerCase()))
  return missing === undefined ? undefined : missingUniqueIndex(missing)
}

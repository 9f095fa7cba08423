/*
 * The history of definitions. Each save of a definition writes an entry in its own batch, so there
 * is none without its change, and no change without an entry.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { definitionJson } from '#collections/definition-json.ts'
import { integer } from '#database/integer.ts'
import { catalogRevisionTable, schemaChangesTable, schemaHistoryTable } from '#database/schema.ts'
import type { Caller } from '#http/caller.ts'
import { formatDate } from '#kernel/dates.ts'
import { definitionChanges, isChanged } from './definition-changes.ts'

/** The origin of a change. */
export type ChangeSource = 'push' | 'dashboard' | 'import' | 'restore'

/** The number of entries that are kept. */
const maxEntries = 500

/** Characters of the list of changes. A longer one has no details. */
const maxChangesLength = 500_000

/** A change of definitions. */
export interface HistoryEntry {
  readonly source: ChangeSource
  /** Undefined for commands. */
  readonly caller: Pick<Caller, 'collectionName' | 'recordId'> | undefined
  readonly now: Date
  readonly before: readonly CollectionDefinition[]
  readonly after: readonly CollectionDefinition[]
  /** The digest of a plan. */
  readonly digest?: string
  readonly bookmark?: string | null
  /** Writes an entry even if nothing has changed. */
  readonly always?: boolean
}

/**
 * The statements that record a change, for the batch that makes it, before the revision is raised.
 * None if nothing has changed. Entries contain no secrets.
 */
export function recordHistory(entry: HistoryEntry): SQL[] {
  const pairs = changedPairs(entry)
  if (pairs.length === 0 && entry.always !== true) return []
  const { source, caller, now, digest = '', bookmark = null } = entry
  const actor = caller && { collection: caller.collectionName, id: caller.recordId }
  const changes = pairs.flatMap(({ before, after }) => definitionChanges(before, after))
  const detailed = JSON.stringify(changes)
  const text =
    detailed.length <= maxChangesLength
      ? detailed
      : JSON.stringify(changes.map(({ kind, collection }) => ({ kind, collection })))
  const latest = sql`(SELECT max("id") FROM ${schemaHistoryTable})`
  return [
    sql`INSERT INTO ${schemaHistoryTable} ("at", "source", "actor", "revision", "digest", "changes", "bookmark")
      SELECT ${formatDate(now)}, ${source}, ${actor === undefined ? null : JSON.stringify(actor)},
        "revision" + 1, ${digest}, ${text}, ${bookmark} FROM ${catalogRevisionTable}`,
    ...pairs.map(
      ({ id, before, after }) =>
        sql`INSERT INTO ${schemaChangesTable} ("entry", "collectionRef", "before", "after")
          VALUES (${latest}, ${id}, ${textOf(before)}, ${textOf(after)})`,
    ),
    // The entry of a data migration says that it has run.
    sql`DELETE FROM ${schemaHistoryTable} WHERE "id" <= ${latest} - ${integer(maxEntries)} AND "source" <> 'data'`,
    sql`DELETE FROM ${schemaChangesTable} WHERE "entry" <= ${latest} - ${integer(maxEntries)}`,
  ]
}

interface Pair {
  readonly id: string
  readonly before: CollectionDefinition | undefined
  readonly after: CollectionDefinition | undefined
}

function changedPairs({ before, after }: HistoryEntry): Pair[] {
  const stored = new Map(before.map((definition) => [definition.id, definition]))
  const next = new Map(after.map((definition) => [definition.id, definition]))
  return [...new Set([...stored.keys(), ...next.keys()])].flatMap((id) => {
    const pair = { id, before: stored.get(id), after: next.get(id) }
    const isEqual =
      pair.before !== undefined && pair.after !== undefined && !isChanged(pair.before, pair.after)
    return isEqual ? [] : [pair]
  })
}

function textOf(definition: CollectionDefinition | undefined): string | null {
  return definition === undefined ? null : JSON.stringify(definitionJson(definition))
}

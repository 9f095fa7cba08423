/*
 * Converts the definitions of a PocketBase to Arete's. Older versions of PocketBase have fewer
 * options, so each definition is decoded over the defaults of its type.
 */
import type { DatabaseSync } from 'node:sqlite'
import * as z from 'zod'
import { completeNew } from '#collections/complete-definition.ts'
import { decodeDefinition } from '#collections/decode-definition.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { isView } from '#collections/views/derive-views.ts'
import { blankFor, type CollectionBody } from '#collections/draft-definition.ts'
import { isCollectionId } from '#transfer/safe-names.ts'

/** The readable definitions, in the order of creation. */
export interface ReadDefinitions {
  readonly definitions: readonly CollectionDefinition[]
  /** The unreadable collections, each with the reason. */
  readonly refused: readonly RefusedCollection[]
}

/** A collection that is not imported. */
export interface RefusedCollection {
  readonly name: string
  readonly reason: string
}

const jsonColumns = ['fields', 'indexes', 'options']

/** Reads all definitions. */
export function readDefinitions(database: DatabaseSync): ReadDefinitions {
  const definitions: CollectionDefinition[] = []
  const refused: RefusedCollection[] = []
  for (const row of database.prepare('SELECT * FROM _collections ORDER BY rowid').all()) {
    try {
      const definition = definitionOf(row)
      if (!isCollectionId(definition.id)) {
        refused.push({ name: definition.name, reason: notAnId(definition.id) })
      } else if (isView(definition) || hasTable(database, definition)) definitions.push(definition)
      else refused.push({ name: definition.name, reason: 'its table is missing' })
    } catch (error) {
      if (!(error instanceof z.ZodError || error instanceof SyntaxError)) throw error
      const reason = error instanceof z.ZodError ? error.issues[0]?.message : error.message
      refused.push({ name: String(row['name']), reason: reason ?? 'It cannot be read.' })
    }
  }
  return { definitions, refused }
}

function notAnId(id: string): string {
  return `its id ${JSON.stringify(id)} is invalid; PocketBase uses letters, digits and underscores`
}

function hasTable(database: DatabaseSync, { name }: CollectionDefinition): boolean {
  const query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ? COLLATE NOCASE"
  return database.prepare(query).get(name) !== undefined
}

function definitionOf(row: Readonly<Record<string, unknown>>): CollectionDefinition {
  const { options, ...columns } = Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      jsonColumns.includes(name) ? JSON.parse(textOf(value)) : value,
    ]),
  )
  const body: CollectionBody = {
    ...(options as CollectionBody),
    ...columns,
    system: row['system'] === 1,
  }
  const { definition } = decodeDefinition(blankFor(body, body['id']), body)
  const { created, updated } = definition
  const complete = completeNew(definition, { isTaken: () => false, now: new Date() })
  return { ...complete, created, updated }
}

function textOf(value: unknown): string {
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value)
}

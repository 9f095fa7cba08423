import { existsSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { UsageError } from '#cli/terminal/usage.ts'
import { completeNew, blankDefinition } from '#collections/complete-definition.ts'
import { decodeDefinition, isCollectionType } from '#collections/decode-definition.ts'
import { definitionJson } from '#collections/definition-json.ts'
import type { CollectionBody } from '#collections/draft-definition.ts'
import { fromLegacy, isLegacy } from '#collections/legacy-format.ts'
import { migrationFiles, readMigrations } from './migrations/read-migrations.ts'
import type { SourceCollection } from './source-text.ts'

/** Definitions of a PocketBase, and the parts that were left out. */
export interface PocketBaseDefinitions {
  readonly collections: readonly SourceCollection[]
  readonly skipped: readonly string[]
}

/**
 * Reads definitions from an export of collections, from a data folder, or from a folder of generated
 * migrations.
 *
 * @throws {UsageError}
 */
export async function readPocketBaseDefinitions(path: string): Promise<PocketBaseDefinitions> {
  if (!existsSync(path)) throw new UsageError(`${path} does not exist.`)
  if (!statSync(path).isDirectory()) return complete(exported(await readFile(path, 'utf8'), path))
  const database = join(path, 'data.db')
  if (existsSync(database)) return complete(storedIn(database))
  const files = await migrationFiles(path)
  if (files.length === 0) throw new UsageError(`${path} has neither a data.db nor migrations.`)
  const { collections, skipped } = readMigrations(files)
  const read = complete(collections)
  return { ...read, skipped: [...skipped, ...read.skipped] }
}

function exported(text: string, path: string): CollectionBody[] {
  try {
    const value: unknown = JSON.parse(text)
    if (Array.isArray(value)) return value as CollectionBody[]
  } catch (error) {
    throw new UsageError(`${path} is not JSON.`, { cause: error })
  }
  throw new UsageError(`${path} is no export of collections: it is not a list.`)
}

function storedIn(file: string): CollectionBody[] {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    return database
      .prepare('SELECT * FROM "_collections" ORDER BY "rowid"')
      .all()
      .map((row) => {
        const { options, fields, schema, indexes, system, ...rest } = row
        return {
          ...rest,
          ...(fields === undefined ? { schema: jsonOf(schema) } : { fields: jsonOf(fields) }),
          ...(fields === undefined
            ? { options: jsonOf(options) }
            : (jsonOf(options) as CollectionBody)),
          indexes: jsonOf(indexes),
          system: system === 1,
        }
      })
  } finally {
    database.close()
  }
}

function jsonOf(text: unknown): unknown {
  return typeof text === 'string' ? JSON.parse(text) : text
}

/** The definitions with everything that they leave to defaults, and without secrets. */
function complete(bodies: readonly CollectionBody[]): PocketBaseDefinitions {
  const skipped: string[] = []
  const collections = bodies.flatMap((submitted): SourceCollection[] => {
    const name = String(submitted['name'] ?? '')
    try {
      const body = isLegacy(submitted) ? fromLegacy(submitted) : submitted
      const { type, id } = body
      const blank = blankDefinition(isCollectionType(type) ? type : 'base', name, String(id ?? ''))
      const { definition } = decodeDefinition(blank, body)
      const next = completeNew(definition, { isTaken: () => false, now: new Date() })
      return [{ ...definitionJson(next), id: next.id, name: next.name, type: next.type }]
    } catch (error) {
      const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
      skipped.push(`collection ${JSON.stringify(name)}: ${reason}`)
      return []
    }
  })
  return { collections, skipped }
}

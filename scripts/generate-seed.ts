/*
 * Writes the migration that creates the system collections: `node scripts/generate-seed.ts`. A test
 * compares the file with the output of this module, so neither can change alone.
 */
import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { tokenOptionNames } from '#catalog/auth-options.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { encodeStored } from '#catalog/stored-definition.ts'
import { createTable } from '#collections/schema/sync-table.ts'
import { systemCollections } from '#catalog/system-collections.ts'
import { toStatement } from '#database/statement.ts'

/** The path of the migration, from the root of the project. */
export const seedMigrationPath = 'drizzle/0002_system_collections.sql'

/** Generates the migration that creates the system collections' tables and definitions. */
export function seedMigration(): string {
  const statements = systemCollections.flatMap((definition) => [
    ...createTable(definition).map((query) => toStatement(query).sql),
    insertDefinition(definition),
  ])
  const header =
    '-- Written by scripts/generate-seed.ts: the collections every deployment starts with.\n'
  return (
    header + statements.map((statement) => `${statement};\n`).join('--> statement-breakpoint\n')
  )
}

const now = "strftime('%Y-%m-%d %H:%M:%fZ')"

/**
 * Fifty random characters, generated when the migration runs, so that every deployment has its own.
 */
const secret = 'lower(hex(randomblob(25)))'

function insertDefinition(definition: CollectionDefinition): string {
  const { created: _, updated: __, ...columns } = encodeStored(definition)
  const values: Record<string, string> = Object.fromEntries(
    Object.entries(columns).map(literalEntry),
  )
  if (definition.type === 'auth') values['options'] = withSecrets(values['options'] ?? '')
  const row = { ...values, created: now, updated: now }
  const names = Object.keys(row).map((name) => `\`${name}\``)
  return `INSERT INTO \`_collections\` (${names.join(', ')})\nVALUES (${Object.values(row).join(',\n  ')})`
}

function withSecrets(options: string): string {
  const changes = tokenOptionNames.map((name) => `'$.${name}.secret', ${secret}`)
  return `json_set(${options}, ${changes.join(', ')})`
}

function literalEntry([name, value]: [string, string | number | null]): [string, string] {
  if (value === null) return [name, 'NULL']
  return [name, typeof value === 'number' ? `${value}` : `'${value.replaceAll("'", "''")}'`]
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(seedMigrationPath, seedMigration())
}

/*
 * The schema that PocketBase 0.39 creates in an empty folder before any collection, statement by
 * statement. PocketBase accepts a database with this schema as its own.
 */

/** The tables that belong to no collection. */
export const systemTables: readonly string[] = [
  'CREATE TABLE `_migrations` (file VARCHAR(255) PRIMARY KEY NOT NULL, applied INTEGER NOT NULL)',
  `CREATE TABLE \`_params\` (
    \`id\` TEXT PRIMARY KEY DEFAULT ('r'||lower(hex(randomblob(7)))) NOT NULL,
    \`value\` JSON DEFAULT NULL,
    \`created\` TEXT DEFAULT (strftime('%Y-%m-%d %H:%M:%fZ')) NOT NULL,
    \`updated\` TEXT DEFAULT (strftime('%Y-%m-%d %H:%M:%fZ')) NOT NULL
  )`,
  `CREATE TABLE \`_collections\` (
    \`id\` TEXT PRIMARY KEY DEFAULT ('r'||lower(hex(randomblob(7)))) NOT NULL,
    \`system\` BOOLEAN DEFAULT FALSE NOT NULL,
    \`type\` TEXT DEFAULT 'base' NOT NULL,
    \`name\` TEXT UNIQUE NOT NULL,
    \`fields\` JSON DEFAULT '[]' NOT NULL,
    \`indexes\` JSON DEFAULT '[]' NOT NULL,
    \`listRule\` TEXT DEFAULT NULL,
    \`viewRule\` TEXT DEFAULT NULL,
    \`createRule\` TEXT DEFAULT NULL,
    \`updateRule\` TEXT DEFAULT NULL,
    \`deleteRule\` TEXT DEFAULT NULL,
    \`options\` JSON DEFAULT '{}' NOT NULL,
    \`created\` TEXT DEFAULT (strftime('%Y-%m-%d %H:%M:%fZ')) NOT NULL,
    \`updated\` TEXT DEFAULT (strftime('%Y-%m-%d %H:%M:%fZ')) NOT NULL
  )`,
  'CREATE INDEX idx__collections_type on `_collections` (`type`)',
]

/**
 * The migrations that lead to this schema. PocketBase would run any that is missing here. The one
 * for its logs recreates their database if it is missing.
 */
export const systemMigrations: readonly string[] = [
  '1640988000_aux_init.go',
  '1640988000_init.go',
  '1717233556_v0.23_migrate.go',
  '1717233557_v0.23_migrate2.go',
  '1717233558_v0.23_migrate3.go',
  '1717233559_v0.23_migrate4.go',
  '1763020353_update_default_auth_alert_templates.go',
  '1778828400_normalize_indexes.go',
]

/*
 * What PocketBase 0.39 makes of an empty folder before any collection is in it, statement by
 * statement. A database that holds this is one it goes on with as its own.
 */

/** The tables that are no collections. */
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
 * The migrations whose result this is. PocketBase would run any that is not listed; the one of its
 * logs makes their database anew where that is missing.
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

/*
 * The system tables. Records live in tables of their own, one per collection, whose columns are
 * those of its fields; see docs/storage.md.
 */
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** One row: the revision of all definitions and settings. Every change of one raises it. */
export const catalogRevision = sqliteTable('_catalog_revision', {
  id: integer().primaryKey(),
  revision: integer().notNull(),
})

/** The definitions of collections, one row each. JSON columns hold JSON text. */
export const collectionsTable = sqliteTable('_collections', {
  id: text().primaryKey().notNull(),
  system: integer({ mode: 'boolean' }).notNull().default(false),
  type: text().notNull().default('base'),
  name: text().notNull().unique(),
  fields: text().notNull().default('[]'),
  indexes: text().notNull().default('[]'),
  listRule: text(),
  viewRule: text(),
  createRule: text(),
  updateRule: text(),
  deleteRule: text(),
  options: text().notNull().default('{}'),
  created: text().notNull().default(''),
  updated: text().notNull().default(''),
})

/** Values that belong to the deployment as a whole; the row `settings` holds the settings as JSON. */
export const paramsTable = sqliteTable('_params', {
  id: text().primaryKey().notNull(),
  value: text(),
  created: text().notNull().default(''),
  updated: text().notNull().default(''),
})

/**
 * Sessions about which KV may be wrong, one row each until the session would have expired:
 * ended ones, and those that outlived a change of their account's token key.
 */
export const sessionOverrides = sqliteTable(
  '_session_overrides',
  {
    /** The session's id. */
    id: text().primaryKey().notNull(),
    collectionRef: text().notNull(),
    recordRef: text().notNull(),
    /** NULL when the session has ended; else the token key it goes on under. */
    tokenKey: text(),
    /** Unix seconds. */
    expires: integer().notNull(),
  },
  (table) => [index('_session_overrides_expires').on(table.expires)],
)

/** Exact counters of attempts, by what is limited and whom, one row each until the window is over. */
export const attemptsTable = sqliteTable(
  '_attempts',
  {
    key: text().primaryKey().notNull(),
    hits: integer().notNull(),
    /** Unix seconds at which the window ends. */
    expires: integer().notNull(),
  },
  (table) => [index('_attempts_expires').on(table.expires)],
)

/**
 * What failed of late, by what was tried and at whose account: a bucket that each failure fills by
 * one and that leaks in time. One row each until it is empty.
 */
export const failuresTable = sqliteTable(
  '_failures',
  {
    key: text().primaryKey().notNull(),
    /** Unix seconds at which the bucket is empty. */
    forgotten: integer().notNull(),
    /** Unix seconds before which no further attempt is let in. */
    retry: integer().notNull(),
  },
  (table) => [index('_failures_forgotten').on(table.forgotten)],
)

/** Places of the network from which an account was signed in to, one row each for some time. */
export const familiarPlacesTable = sqliteTable(
  '_familiar_places',
  {
    key: text().primaryKey().notNull(),
    /** Unix seconds. */
    expires: integer().notNull(),
  },
  (table) => [index('_familiar_places_expires').on(table.expires)],
)

/** The records a deletion takes along. Filled and emptied within one batch; nobody ever sees a row. */
export const cascadeTable = sqliteTable(
  '_cascade',
  {
    collectionRef: text().notNull(),
    recordRef: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.collectionRef, table.recordRef] })],
)

/** Mails that wait to leave, one row each until it has left or is given up. */
export const outboxTable = sqliteTable(
  '_outbox',
  {
    /** The mail's id. */
    id: text().primaryKey().notNull(),
    /** The mail as JSON. */
    mail: text().notNull(),
    /** How often it was taken up so far; whoever took it up last may put it back. */
    attempts: integer().notNull().default(0),
    /** Unix seconds of the next attempt. */
    due: integer().notNull(),
    /** Unix seconds after which it is given up. */
    expires: integer().notNull(),
  },
  (table) => [index('_outbox_due').on(table.due)],
)

/** Mails kept instead of sent, in local development only. */
export const inboxTable = sqliteTable('_inbox', {
  /** Raised by one with every mail. */
  number: integer().primaryKey({ autoIncrement: true }),
  /** The mail as JSON. */
  mail: text().notNull(),
  /** Unix seconds. */
  received: integer().notNull(),
})

/**
 * What a batch that signs somebody in decides on. Filled and emptied within the batch; nobody ever
 * sees a row.
 */
export const admissionTable = sqliteTable('_admission', {
  outcome: text().notNull(),
  /** Whether the account is to hear of a sign-in from a new place. */
  isAlerting: integer({ mode: 'boolean' }).notNull(),
})

/**
 * The one-time codes that were asked for of late, also for addresses that nobody has, one row each
 * until the code expires.
 */
export const otpRequestsTable = sqliteTable(
  '_otp_requests',
  {
    /** The id that was answered. */
    id: text().primaryKey().notNull(),
    /** A keyed hash of collection and address. */
    address: text().notNull(),
    /** Unix milliseconds. */
    expires: integer().notNull(),
  },
  (table) => [
    index('_otp_requests_address').on(table.address, table.expires),
    index('_otp_requests_expires').on(table.expires),
  ],
)

/**
 * Places in the bucket of files to look at again: what is there and no record names is removed. A
 * row is written with whatever may leave a file behind, and removed once that was done.
 */
export const fileSweepsTable = sqliteTable(
  '_file_sweeps',
  {
    id: text().primaryKey().notNull(),
    /** The key of an object, or the beginning of several. */
    prefix: text().notNull(),
    /** Unix seconds. Until then nothing under the prefix is removed: it is about to be named. */
    due: integer().notNull(),
    /** The last key that was looked at; empty before the first. */
    reached: text().notNull().default(''),
  },
  (table) => [
    index('_file_sweeps_prefix').on(table.prefix),
    index('_file_sweeps_due').on(table.due),
  ],
)

/** The shards of realtime that have subscribers, one row each until some time after the last one. */
export const realtimeShardsTable = sqliteTable('_realtime_shards', {
  /** Its number. */
  id: integer().primaryKey(),
  /** How many transactions it was to be told of. */
  sequence: integer().notNull(),
  /** Unix seconds after which it counts as gone. */
  expires: integer().notNull(),
})

/** What shards of realtime have subscribers to, one row for each shard and collection. */
export const realtimeInterestsTable = sqliteTable(
  '_realtime_interests',
  {
    /** The id or name of a collection, as the subscription has it. */
    topic: text().notNull(),
    shard: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.topic, table.shard] })],
)

/**
 * Collections whose `json` columns may hold the text `null` in place of NULL, as they did at first. The
 * migration that made this table wrote its rows: two for each collection, the second one for what an
 * older version of the Worker stores while it is being replaced.
 */
export const jsonMendsTable = sqliteTable(
  '_json_mends',
  {
    collectionRef: text().notNull(),
    /** Unix seconds from which the collection can be mended. */
    due: integer().notNull(),
    /** The `rowid` up to which it is mended. */
    reached: integer(),
  },
  (table) => [primaryKey({ columns: [table.collectionRef, table.due] })],
)

/** What happened, one row each: requests for the most part. They live in a database of their own where one is bound. */
export const logsTable = sqliteTable(
  '_logs',
  {
    id: text().primaryKey().notNull(),
    /** -4 debug, 0 information, 4 warning, 8 error. */
    level: integer().notNull(),
    message: text().notNull(),
    /** JSON. */
    data: text().notNull(),
    created: text().notNull(),
  },
  (table) => [index('_logs_created').on(table.created)],
)

/** The scheduled jobs that have run, one row each: whoever moves a job on is the one to run it. */
export const cronsTable = sqliteTable('_crons', {
  /** The job's id. */
  id: text().primaryKey().notNull(),
  /** Unix seconds of the minute it ran for last. */
  lastRun: integer('last_run').notNull(),
})

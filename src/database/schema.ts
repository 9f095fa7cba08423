/*
 * The system tables. Each collection has its own table for its records, with a column per field;
 * see docs/storage.md.
 */
import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** One row: the revision of all definitions and settings. Every change of one raises it. */
export const catalogRevisionTable = sqliteTable('_catalog_revision', {
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

/** Values of the whole deployment. The row `settings` holds the settings as JSON. */
export const paramsTable = sqliteTable('_params', {
  id: text().primaryKey().notNull(),
  value: text(),
  created: text().notNull().default(''),
  updated: text().notNull().default(''),
})

/**
 * Sessions for which KV may be wrong, one row each until the session would have expired: ended
 * ones, and those that survived a change of their account's token key.
 */
export const sessionOverridesTable = sqliteTable(
  '_session_overrides',
  {
    /** The session's id. */
    id: text().primaryKey().notNull(),
    collectionRef: text().notNull(),
    recordRef: text().notNull(),
    /** NULL if the session has ended, otherwise its new token key. */
    tokenKey: text(),
    /** Unix seconds. */
    expires: integer().notNull(),
  },
  (table) => [index('_session_overrides_expires').on(table.expires)],
)

/**
 * The sessions of accounts whose collection limits their number, one row each while they may be
 * valid.
 */
export const sessionSlotsTable = sqliteTable(
  '_session_slots',
  {
    /** The session's id. */
    id: text().primaryKey().notNull(),
    collectionRef: text().notNull(),
    recordRef: text().notNull(),
    /** The account's token key when the session began or was last renewed. */
    tokenKey: text().notNull(),
    /** Unix milliseconds of its beginning or last renewal. */
    seen: integer().notNull(),
    /** Unix seconds. */
    expires: integer().notNull(),
  },
  (table) => [
    index('_session_slots_account').on(table.collectionRef, table.recordRef),
    index('_session_slots_expires').on(table.expires),
  ],
)

/** Accounts that cannot sign in, one row each. */
export const accountStatesTable = sqliteTable(
  '_account_states',
  {
    collectionRef: text().notNull(),
    recordRef: text().notNull(),
    reason: text().notNull(),
    /** The end of the state; empty if it has none. */
    until: text().notNull(),
    /** `collection` and `id` of who set it, as JSON. */
    actor: text().notNull(),
    at: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.collectionRef, table.recordRef] })],
)

/** Exact counters of attempts, by limit and subject, one row each until the window ends. */
export const attemptsTable = sqliteTable(
  '_attempts',
  {
    key: text().primaryKey().notNull(),
    hits: integer().notNull(),
    /** Unix seconds of the end of the window. */
    expires: integer().notNull(),
  },
  (table) => [index('_attempts_expires').on(table.expires)],
)

/**
 * Recent failures, by kind of secret and account: a bucket that each failure fills by one and that
 * leaks over time. One row each until it is empty.
 */
export const failuresTable = sqliteTable(
  '_failures',
  {
    key: text().primaryKey().notNull(),
    /** Unix seconds at which the bucket is empty. */
    forgotten: integer().notNull(),
    /** Unix seconds before which no further attempt is permitted. */
    retry: integer().notNull(),
  },
  (table) => [index('_failures_forgotten').on(table.forgotten)],
)

/** Networks from which an account has signed in, one row each for some time. */
export const trustedNetworksTable = sqliteTable(
  '_trusted_networks',
  {
    key: text().primaryKey().notNull(),
    /** Unix seconds. */
    expires: integer().notNull(),
  },
  (table) => [index('_trusted_networks_expires').on(table.expires)],
)

/**
 * The records of a deletion. Filled and emptied within one batch, so that no other request sees a
 * row.
 */
export const cascadeTable = sqliteTable(
  '_cascade',
  {
    collectionRef: text().notNull(),
    recordRef: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.collectionRef, table.recordRef] })],
)

/** Mails that wait to be sent, one row each until they are sent or dropped. */
export const outboxTable = sqliteTable(
  '_outbox',
  {
    /** The mail's id. */
    id: text().primaryKey().notNull(),
    /** The mail as JSON. */
    mail: text().notNull(),
    /** The number of claims so far. Only the latest claim may postpone the mail. */
    attempts: integer().notNull().default(0),
    /** Unix seconds of the next attempt. */
    due: integer().notNull(),
    /** Unix seconds after which it is dropped. */
    expires: integer().notNull(),
  },
  (table) => [index('_outbox_due').on(table.due)],
)

/** Mails stored instead of sent, in local development only. */
export const inboxTable = sqliteTable('_inbox', {
  /** Increases with every mail. */
  number: integer().primaryKey({ autoIncrement: true }),
  /** The mail as JSON. */
  mail: text().notNull(),
  /** Unix seconds. */
  received: integer().notNull(),
})

/**
 * The decision of a sign-in batch. Filled and emptied within the batch, so that no other request
 * sees a row.
 */
export const signInOutcomeTable = sqliteTable('_sign_in_outcome', {
  outcome: text().notNull(),
  /** True if the account gets an alert about a new location. */
  isAlerting: integer({ mode: 'boolean' }).notNull(),
})

/** The authenticators of accounts, one row each. */
export const totpsTable = sqliteTable(
  '_totps',
  {
    id: text().primaryKey().notNull(),
    collectionRef: text().notNull(),
    recordRef: text().notNull(),
    /** The owner's name for it. */
    name: text().notNull().default(''),
    /** The sealed seed. */
    secret: text().notNull(),
    /** True once a code of it was entered. Until then it proves nothing. */
    confirmed: integer({ mode: 'boolean' }).notNull().default(false),
    /** The time step of the last accepted code. Codes up to it are used up. */
    lastStep: integer('last_step').notNull().default(0),
    /** Attempts since the last right code. */
    failures: integer().notNull().default(0),
    created: text().notNull(),
    /** Empty if it was never used. */
    lastUsed: text('last_used').notNull().default(''),
  },
  (table) => [index('_totps_account').on(table.collectionRef, table.recordRef)],
)

/** The unused recovery codes of accounts, one row each. */
export const recoveryCodesTable = sqliteTable(
  '_recovery_codes',
  {
    collectionRef: text().notNull(),
    recordRef: text().notNull(),
    /** SHA-256, in hexadecimal. */
    hash: text().notNull(),
    created: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.collectionRef, table.recordRef, table.hash] })],
)

/**
 * Recent requests for one-time codes, including those for unknown addresses, one row each until the
 * code expires.
 */
export const otpRequestsTable = sqliteTable(
  '_otp_requests',
  {
    /** The id in the response. */
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
 * Prefixes of the bucket to sweep: objects that no record names are deleted. A row is written with
 * anything that may orphan a file, and deleted after the sweep.
 */
export const fileSweepsTable = sqliteTable(
  '_file_sweeps',
  {
    id: text().primaryKey().notNull(),
    /** The key of an object, or a common prefix of several. */
    prefix: text().notNull(),
    /**
     * Unix seconds. Until then nothing under the prefix is deleted, because a record is about to
     * name it.
     */
    due: integer().notNull(),
    /** The last key that was checked; empty before the first. */
    reached: text().notNull().default(''),
  },
  (table) => [
    index('_file_sweeps_prefix').on(table.prefix),
    index('_file_sweeps_due').on(table.due),
  ],
)

/** The realtime shards with subscribers, one row each until some time after the last one. */
export const realtimeShardsTable = sqliteTable('_realtime_shards', {
  /** The shard's number. */
  id: integer().primaryKey(),
  /** The number of transactions published to it. */
  sequence: integer().notNull(),
  /** Unix seconds after which it counts as dead. */
  expires: integer().notNull(),
})

/** The topics of realtime shards, one row for each shard and collection. */
export const realtimeSubscriptionsTable = sqliteTable(
  '_realtime_subscriptions',
  {
    /** The id or name of a collection, as in the subscription. */
    topic: text().notNull(),
    shard: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.topic, table.shard] })],
)

/**
 * Collections whose `json` columns may contain the text `null` instead of NULL, as in earlier
 * versions. The migration that created this table wrote its rows: two for each collection, the
 * second one for what an older version of the Worker stores while it is being replaced.
 */
export const jsonMendsTable = sqliteTable(
  '_json_mends',
  {
    collectionRef: text().notNull(),
    /** Unix seconds after which the collection can be repaired. */
    due: integer().notNull(),
    /** The `rowid` up to which it is repaired. */
    reached: integer(),
  },
  (table) => [primaryKey({ columns: [table.collectionRef, table.due] })],
)

/** Writes that were sent with an idempotency key, one row each for a day. */
export const idempotencyTable = sqliteTable(
  '_idempotency',
  {
    /** A digest of the caller and its key. */
    key: text().primaryKey().notNull(),
    /** A digest of the request. */
    fingerprint: text().notNull(),
    /** The records of the answer: a JSON array of pairs of the ids of collection and record. */
    targets: text().notNull(),
    /** The status of the answer. */
    status: integer().notNull(),
    /** Unix seconds. */
    expires: integer().notNull(),
  },
  (table) => [index('_idempotency_expires').on(table.expires)],
)

/** Log entries, one row each, mostly requests. They are in a separate database if one is bound. */
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

/** The scheduled jobs that have run, one row each. The isolate that updates a row runs the job. */
export const cronsTable = sqliteTable('_crons', {
  /** The job's id. */
  id: text().primaryKey().notNull(),
  /** Unix seconds of its last minute. */
  lastRun: integer('last_run').notNull(),
})

/** Webhooks, one row each: a collection, and the URL that is told of its changes. */
export const webhooksTable = sqliteTable('_webhooks', {
  id: text().primaryKey().notNull(),
  name: text().notNull(),
  url: text().notNull(),
  /** Sealed, as all secrets here. */
  secret: text().notNull(),
  /** The secret before the last rotation; also signs until `previousUntil`. */
  previousSecret: text(),
  /** Unix seconds. */
  previousUntil: integer().notNull().default(0),
  collectionRef: text().notNull(),
  /** A JSON array of `created`, `updated`, `deleted`. */
  events: text().notNull(),
  filter: text().notNull().default(''),
  /** A JSON array of names; empty for all fields. */
  fields: text().notNull().default('[]'),
  /** `full`, `full:64` or `thin`. */
  payload: text().notNull().default('full'),
  ordered: integer({ mode: 'boolean' }).notNull().default(false),
  /** A JSON object of names and sealed values. */
  headers: text().notNull().default('{}'),
  /** Seconds. */
  timeout: integer().notNull(),
  enabled: integer({ mode: 'boolean' }).notNull().default(true),
  /** The reason why it is off or waits: `gone`, `failing`, `filter`, `key`; else empty. */
  reason: text().notNull().default(''),
  /** Unix seconds of the first failure since the last success; NULL if that was the last. */
  failingSince: integer(),
  /** True once superusers were mailed about the failures. */
  isReported: integer({ mode: 'boolean' }).notNull().default(false),
  /** Unix seconds before which nothing is sent to it. */
  pausedUntil: integer().notNull().default(0),
  /** Unix seconds of the last success; NULL before the first. */
  succeeded: integer(),
  created: text().notNull(),
  updated: text().notNull(),
})

/**
 * Changes of records that a webhook wants, one row each as long as there are deliveries of it. A
 * trigger deletes a row with its last delivery.
 */
export const eventsTable = sqliteTable(
  '_events',
  {
    /** The order of changes. Never used twice. */
    seq: integer().primaryKey({ autoIncrement: true }),
    /** The write that caused it; a deletion causes many. `:n` at its end is the depth of a hook. */
    write: text().notNull(),
    /** `created`, `updated` or `deleted`. */
    type: text().notNull(),
    collectionRef: text().notNull(),
    recordRef: text().notNull(),
    /** The ids of the fields in `record` and `previous`, as a JSON array. */
    columns: text().notNull(),
    /** The columns as a JSON array: after the change, or before a deletion. NULL if too large. */
    record: text(),
    /** The columns before an update. */
    previous: text(),
    /** `collection` and `id` of the caller as JSON; NULL for a guest. */
    actor: text(),
    /** Unix milliseconds. */
    at: integer().notNull(),
  },
  (table) => [index('_events_write').on(table.write)],
)

/** Deliveries of events to webhooks and durable hooks, and tasks, one row each for some days. */
export const deliveriesTable = sqliteTable(
  '_deliveries',
  {
    /** The `webhook-id` of every attempt. */
    id: text().primaryKey().notNull(),
    /** The `seq` of the event; 0 for a task. */
    event: integer().notNull(),
    /** The id of the webhook, or the endpoint of a hook or a task. */
    endpoint: text().notNull(),
    recordRef: text().notNull(),
    /** True if it waits for earlier ones of its record. */
    ordered: integer({ mode: 'boolean' }).notNull(),
    /** `waiting`, `done`, `dead` or `paused`. */
    state: text().notNull().default('waiting'),
    /** The number of claims so far. Only the latest claim may change the row. */
    attempts: integer().notNull().default(0),
    /** The number of claims before the last replay; the schedule begins after them. */
    attemptsBefore: integer().notNull().default(0),
    /** Unix seconds: of the next attempt while it waits, otherwise of its removal. */
    due: integer().notNull(),
    /** The status of the last answer; NULL without one. */
    status: integer(),
    /** The reason of the last failure. */
    error: text(),
    /** The beginning of the last answer that was a failure. */
    answer: text(),
    /** Milliseconds of the last attempt. */
    tookMs: integer(),
    /** Unix seconds of the last attempt. */
    attempted: integer(),
    /** Unix seconds. */
    created: integer().notNull(),
    /** The payload of a task as JSON; NULL without one. */
    payload: text(),
    /** The key of a task. While one waits, another one with its key is not added. */
    key: text(),
    /** The depth of the hook that enqueued a task. */
    depth: integer().notNull().default(0),
    /** True from the claim of a call to its note. After the claim it means that the host ended. */
    running: integer({ mode: 'boolean' }).notNull().default(false),
  },
  (table) => [
    index('_deliveries_key')
      .on(table.endpoint, table.key)
      .where(sql`"key" IS NOT NULL AND "state" = 'waiting'`),
    index('_deliveries_due').on(table.endpoint, table.state, table.due),
    index('_deliveries_event').on(table.event),
    index('_deliveries_ordered')
      .on(table.endpoint, table.recordRef, table.event)
      .where(sql`"ordered" = 1 AND "state" = 'waiting'`),
  ],
)

/** Changes of definitions, one row per save; the newest 500. */
export const schemaHistoryTable = sqliteTable(
  '_schema_history',
  {
    /** Never used twice. */
    id: integer().primaryKey({ autoIncrement: true }),
    at: text().notNull(),
    /** `push`, `dashboard`, `import` or `restore`. */
    source: text().notNull(),
    /** `collection` and `id` of the caller as JSON; NULL for a command. */
    actor: text(),
    /** The revision of the catalog after the change. */
    revision: integer().notNull(),
    /** The digest of the applied plan; empty for other saves. */
    digest: text().notNull().default(''),
    /** A JSON array, as in a plan. */
    changes: text().notNull(),
    /** The bookmark of D1 Time Travel from before the change; NULL where there is none. */
    bookmark: text(),
  },
  (table) => [
    index('_schema_history_digest')
      .on(table.digest)
      .where(sql`"digest" <> ''`),
  ],
)

/** The definitions of an entry of the history before and after it, one row per collection. */
export const schemaChangesTable = sqliteTable(
  '_schema_changes',
  {
    /** The id of the entry. */
    entry: integer().notNull(),
    collectionRef: text().notNull(),
    /** The definition as JSON without secrets; NULL for a new collection. */
    before: text(),
    /** NULL for a deleted collection. */
    after: text(),
  },
  (table) => [primaryKey({ columns: [table.entry, table.collectionRef] })],
)

/** The definitions of the last push, one row per collection. The deployment may have drifted. */
export const schemaBaseTable = sqliteTable('_schema_base', {
  collectionRef: text().primaryKey().notNull(),
  /** The definition as JSON without secrets. */
  definition: text().notNull(),
})

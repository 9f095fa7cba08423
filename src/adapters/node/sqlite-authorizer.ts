/*
 * The authorizer of the databases. SQLite asks it about each action when it compiles a statement, so
 * it costs nothing afterwards. It refuses what reaches beyond the database file or changes its later
 * treatment, as D1 does, and notes what the statement does.
 */
import { constants } from 'node:sqlite'

/** The effects of a statement. */
export interface StatementActions {
  /** True if it changes rows or the schema, or must not run outside of a write transaction. */
  writes: boolean
  /** True if it changes tables, indexes, views or triggers. */
  changesSchema: boolean
  /** True if its effect on later statements lasts until the transaction ends. */
  isAlone: boolean
}

/** The effects of a statement that has none. */
export function newActions(): StatementActions {
  return { writes: false, changesSchema: false, isAlone: false }
}

/** `SQLITE_OK`, `SQLITE_DENY`, or `SQLITE_IGNORE`. */
type Verdict = number

const { SQLITE_OK: allow, SQLITE_DENY: deny, SQLITE_IGNORE: ignore } = constants

const reads: ReadonlySet<number> = new Set([
  constants.SQLITE_SELECT,
  constants.SQLITE_READ,
  constants.SQLITE_FUNCTION,
  constants.SQLITE_RECURSIVE,
])

/** Changes of rows, for the schema table too. */
const changes: ReadonlySet<number> = new Set([
  constants.SQLITE_INSERT,
  constants.SQLITE_UPDATE,
  constants.SQLITE_DELETE,
])

const schemaChanges: ReadonlySet<number> = new Set([
  constants.SQLITE_CREATE_INDEX,
  constants.SQLITE_CREATE_TABLE,
  constants.SQLITE_CREATE_TRIGGER,
  constants.SQLITE_CREATE_VIEW,
  constants.SQLITE_CREATE_VTABLE,
  constants.SQLITE_DROP_INDEX,
  constants.SQLITE_DROP_TABLE,
  constants.SQLITE_DROP_TRIGGER,
  constants.SQLITE_DROP_VIEW,
  constants.SQLITE_DROP_VTABLE,
  constants.SQLITE_ALTER_TABLE,
  constants.SQLITE_ANALYZE,
  constants.SQLITE_REINDEX,
])

/** The modules of virtual tables that D1 has. */
const modules = /^(?:fts5|fts5vocab|rtree|rtree_i32)$/i

/** Tables that SQLite makes up and that show the pages of the file or the statements of others. */
const closedTables = /^(?:dbstat|sqlite_dbpage|sqlite_stmt|bytecode|tables_used|module_list)$/i

/** Functions that load code, or that tell about this build of SQLite. */
const closedFunctions =
  /^(?:load_extension|fts3_tokenizer|sqlite_version|sqlite_source_id|sqlite_compileoption_(?:get|used)|soundex)$/i

/** PRAGMAs that report, or that end with the transaction. */
const openPragmas =
  /^(?:table_list|table_x?info|index_list|index_x?info|foreign_key_list|foreign_key_check|quick_check|defer_foreign_keys|optimize)$/i

/** PRAGMAs that report if they have no argument. */
const settablePragmas = /^(?:page_size|data_version|foreign_keys|recursive_triggers)$/i

const reportingPragma = /^(?!optimize$|defer_foreign_keys$)/i

/** Judges an action of a statement, and notes it. */
export function judgeAction(
  actions: StatementActions,
  code: number,
  first: string | null,
  second: string | null,
): Verdict {
  if (code === constants.SQLITE_READ) return closedTables.test(first ?? '') ? deny : allow
  if (code === constants.SQLITE_FUNCTION) return closedFunctions.test(second ?? '') ? deny : allow
  if (reads.has(code)) return allow
  if (code === constants.SQLITE_PRAGMA) return judgePragma(actions, first ?? '', second)
  actions.writes = true
  if (changes.has(code)) return allow
  // Temporary tables, other databases, transactions and savepoints are in none of the sets.
  if (!schemaChanges.has(code)) return deny
  actions.changesSchema = true
  actions.isAlone = true
  return code !== constants.SQLITE_CREATE_VTABLE || modules.test(second ?? '') ? allow : deny
}

function judgePragma(actions: StatementActions, name: string, argument: string | null): Verdict {
  if (settablePragmas.test(name)) return argument === null ? allow : ignore
  if (!openPragmas.test(name)) return deny
  if (!reportingPragma.test(name)) {
    actions.writes = true
    actions.isAlone = true
  }
  return allow
}

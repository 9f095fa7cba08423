/*
 * Validates the SQL that superusers run. D1 runs every statement in a string, and some PRAGMAs
 * change how the database treats all later requests. So a string is split into tokens, must be one
 * statement, and must start with a word that is known to be harmless.
 */
import { getTableName } from 'drizzle-orm'
import * as systemTables from '#database/schema.ts'
import {
  isBalanced,
  isIdentifier,
  isSymbol,
  isWord,
  type SqlToken,
  textOf,
  tokenizeSql,
  withoutOuterSemicolons,
} from '#kernel/sql-tokens.ts'

/** A statement that is allowed to run. */
export interface SuperuserStatement {
  /** Its text, without comments and semicolons around it. */
  readonly text: string
  readonly tokens: readonly SqlToken[]
  /**
   * `write`: changes rows or tables and returns no rows; `select`: can be put in parentheses;
   * `report`: returns information about the database.
   */
  readonly kind: 'write' | 'select' | 'report'
  /** True if it lists the tables, which would include the platform's. */
  readonly readsCatalogue: boolean
}

/** A statement, or the reason why it is not allowed. */
export type StatementResult =
  | { readonly ok: true; readonly statement: SuperuserStatement }
  | { readonly ok: false; readonly fault: string }

const kinds: Readonly<Record<SuperuserStatement['kind'], readonly string[]>> = {
  write: ['insert', 'replace', 'update', 'delete', 'create', 'alter', 'drop'],
  select: ['select', 'with', 'values'],
  report: ['explain', 'pragma'],
}

/** PRAGMAs that only report. They may have a name or a number as argument. */
const tellingPragmas = [
  'table_list',
  'table_info',
  'table_xinfo',
  'index_list',
  'index_info',
  'index_xinfo',
  'foreign_key_list',
  'foreign_key_check',
  'quick_check',
]

/** PRAGMAs that only report if they have no argument. */
const settablePragmas = ['page_size', 'data_version']

/** The prefix of the platform's tables, which are hidden. */
export const platformPrefix = '_cf_'

/** Parses a single statement. */
export function parseSuperuserStatement(text: string): StatementResult {
  const all = tokenizeSql(text)
  if (all === undefined || !isBalanced(all)) return refused('syntax error')

  const tokens = withoutOuterSemicolons(all)
  const fault =
    statementsFault(tokens) ??
    parameterFault(tokens) ??
    nameFault(tokens) ??
    explainFault(tokens) ??
    (isWord(tokens[0], 'pragma') && pragmaFault(tokens))
  if (typeof fault === 'string') return refused(fault)

  const kind = kindOf(tokens)
  if (kind === undefined) return refused('not authorized: this kind of statement cannot be run')
  const readsCatalogue = kind === 'report' || tokens.some(isCatalogue)
  return { ok: true, statement: { text: textOf(text, tokens), tokens, kind, readsCatalogue } }
}

function refused(fault: string): StatementResult {
  return { ok: false, fault }
}

function kindOf(tokens: readonly SqlToken[]): SuperuserStatement['kind'] | undefined {
  const [first] = tokens
  if (isWord(first, ...kinds.write) || (isWord(first, 'with') && changes(tokens))) return 'write'
  if (isWord(first, ...kinds.select)) return 'select'
  return isWord(first, ...kinds.report) ? 'report' : undefined
}

/** True if the statement after the common tables, which are in parentheses, changes rows. */
function changes(tokens: readonly SqlToken[]): boolean {
  let depth = 0
  for (const [at, token] of tokens.entries()) {
    if (isSymbol(token, '(')) depth++
    if (isSymbol(token, ')')) depth--
    if (depth > 0) continue
    if (isWord(token, 'select', 'values')) return false
    if (isWord(token, 'update', 'delete')) return true
    // A table can be called `replace`.
    if (isWord(token, 'insert', 'replace') && isWord(tokens[at + 1], 'into', 'or')) return true
  }
  return false
}

/** A trigger contains statements. They end with an END where a statement could begin. */
function statementsFault(tokens: readonly SqlToken[]): string | undefined {
  const last = isTrigger(tokens)
    ? tokens.findIndex((token, i) => isWord(token, 'end') && isSymbol(tokens[i - 1], ';'))
    : tokens.findIndex((token) => isSymbol(token, ';')) - 1
  return last < 0 || last === tokens.length - 1
    ? undefined
    : 'only one statement can be run at a time'
}

/** There are no values to bind, and a host may take NULL instead. */
function parameterFault(tokens: readonly SqlToken[]): string | undefined {
  const parameter = tokens.find(({ kind }) => kind === 'parameter')
  return parameter && `missing argument for the parameter ${parameter.value}`
}

function isTrigger([first, second, third]: readonly SqlToken[]): boolean {
  if (!isWord(first, 'create')) return false
  return isWord(isWord(second, 'temp', 'temporary') ? third : second, 'trigger')
}

function nameFault(tokens: readonly SqlToken[]): string | undefined {
  const named = tokens.find(
    (token) => isIdentifier(token) && token.value.toLowerCase().startsWith(platformPrefix),
  )
  if (named !== undefined) return `no such table: ${named.value}`
  const own = isWord(tokens[0], ...kinds.write, 'with') && tokens.find(isOwn)
  if (own) return `not authorized: ${own.value} cannot be changed`
  const altered = isAlteration(tokens) && tokens.find(isSystemTable)
  return altered ? `not authorized: ${altered.value} cannot be altered` : undefined
}

/**
 * All rules, limits and session checks depend on the guards of batches, which one more trigger
 * could disable. Staging tables become the deployment's own. A key stands for a write that happened, and
 * an entry of the history for a change.
 */
function isOwn(token: SqlToken): boolean {
  if (!isIdentifier(token)) return false
  const name = token.value.toLowerCase()
  const isKept = name === '_idempotency' || name.startsWith('_schema_')
  return name === '_abort' || isKept || name.startsWith('staging:')
}

const systemTableNames: ReadonlySet<string> = new Set(Object.values(systemTables).map(getTableName))

function isSystemTable(token: SqlToken): boolean {
  return isIdentifier(token) && systemTableNames.has(token.value.toLowerCase())
}

/** Rows of system tables may be changed, but not their schema or triggers. */
function isAlteration(tokens: readonly SqlToken[]): boolean {
  return isTrigger(tokens) || isWord(tokens[0], 'alter', 'drop')
}

/** Many PRAGMAs take effect when compiled, and so even when only explained. */
function explainFault(tokens: readonly SqlToken[]): string | undefined {
  const explained = isWord(tokens[1], 'query') ? tokens[3] : tokens[1]
  return isWord(tokens[0], 'explain') && isWord(explained, 'pragma')
    ? 'not authorized: a PRAGMA cannot be explained'
    : undefined
}

/** `sqlite_master` under any of its names, and PRAGMAs as tables. */
function isCatalogue(token: SqlToken): boolean {
  return isIdentifier(token) && /^(?:sqlite_|pragma_)/i.test(token.value)
}

/** `PRAGMA [schema.]name[(value)]`. */
function pragmaFault(tokens: readonly SqlToken[]): string | undefined {
  const rest = isSymbol(tokens[2], '.') ? tokens.slice(3) : tokens.slice(1)
  const isTelling =
    isWord(rest[0], ...tellingPragmas) || (isWord(rest[0], ...settablePragmas) && rest.length === 1)
  const isAssigned = rest.some((token) => isSymbol(token, '='))
  return isTelling && !isAssigned ? undefined : 'not authorized: this PRAGMA cannot be run'
}

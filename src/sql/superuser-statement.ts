/*
 * What superusers may run as SQL. D1 runs everything that stands in a text, one statement after the
 * other, and some PRAGMAs change how the database judges all later requests. So a text is cut into
 * tokens, must be one statement, and begin with a word that is known to do no such harm.
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

/** One statement that may run. */
export interface SuperuserStatement {
  /** Its text, without what stands before and after it. */
  readonly text: string
  readonly tokens: readonly SqlToken[]
  /**
   * `write`: changes rows or tables and gives no rows; `select`: may stand in parentheses;
   * `report`: says something about the database.
   */
  readonly kind: 'write' | 'select' | 'report'
  /** True when it lists the tables, which would include the platform's own. */
  readonly readsCatalogue: boolean
}

/** A statement, or why the text is none that may run. */
export type StatementResult =
  | { readonly ok: true; readonly statement: SuperuserStatement }
  | { readonly ok: false; readonly fault: string }

const kinds: Readonly<Record<SuperuserStatement['kind'], readonly string[]>> = {
  write: ['insert', 'replace', 'update', 'delete', 'create', 'alter', 'drop'],
  select: ['select', 'with', 'values'],
  report: ['explain', 'pragma'],
}

/** PRAGMAs that only tell. They may be told a name or a number. */
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

/** PRAGMAs that only tell as long as they are told nothing. */
const settablePragmas = ['page_size', 'data_version']

/** Tables of the platform begin with it; they are as if they were not there. */
export const platformPrefix = '_cf_'

/** Reads a text as one statement. */
export function parseSuperuserStatement(text: string): StatementResult {
  const all = tokenizeSql(text)
  if (all === undefined || !isBalanced(all)) return refused('syntax error')

  const tokens = withoutOuterSemicolons(all)
  const fault =
    statementsFault(tokens) ??
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

/** True when the statement after the common tables, which are in parentheses, changes rows. */
function changes(tokens: readonly SqlToken[]): boolean {
  let depth = 0
  for (const [at, token] of tokens.entries()) {
    if (isSymbol(token, '(')) depth++
    if (isSymbol(token, ')')) depth--
    if (depth > 0) continue
    if (isWord(token, 'select', 'values')) return false
    if (isWord(token, 'update', 'delete')) return true
    // A table may be called `replace`.
    if (isWord(token, 'insert', 'replace') && isWord(tokens[at + 1], 'into', 'or')) return true
  }
  return false
}

/** A trigger holds statements; they are over with the END that stands where one could begin. */
function statementsFault(tokens: readonly SqlToken[]): string | undefined {
  const last = isTrigger(tokens)
    ? tokens.findIndex((token, i) => isWord(token, 'end') && isSymbol(tokens[i - 1], ';'))
    : tokens.findIndex((token) => isSymbol(token, ';')) - 1
  return last < 0 || last === tokens.length - 1
    ? undefined
    : 'only one statement can be run at a time'
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
 * All rules, limits and ends of sessions hang on the guard of batches: one trigger more, and none of
 * them holds. What a load has staged becomes the deployment's own.
 */
function isOwn(token: SqlToken): boolean {
  if (!isIdentifier(token)) return false
  const name = token.value.toLowerCase()
  return name === '_abort' || name.startsWith('staging:')
}

const systemTableNames: ReadonlySet<string> = new Set(Object.values(systemTables).map(getTableName))

function isSystemTable(token: SqlToken): boolean {
  return isIdentifier(token) && systemTableNames.has(token.value.toLowerCase())
}

/** Rows of system tables may be changed, but not what the tables are, or what happens as rows change. */
function isAlteration(tokens: readonly SqlToken[]): boolean {
  return isTrigger(tokens) || isWord(tokens[0], 'alter', 'drop')
}

/** Many PRAGMAs take effect while they are compiled, and so while they are only explained. */
function explainFault(tokens: readonly SqlToken[]): string | undefined {
  const explained = isWord(tokens[1], 'query') ? tokens[3] : tokens[1]
  return isWord(tokens[0], 'explain') && isWord(explained, 'pragma')
    ? 'not authorized: a PRAGMA cannot be explained'
    : undefined
}

/** `sqlite_master` under any of its names, and what PRAGMAs give as tables. */
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

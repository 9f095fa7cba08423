import {
  castTarget,
  columnReference,
  type CommonTable,
  type SelectStatement,
} from './select-statement.ts'

/** The visible common tables; undefined marks one that is being examined. */
type Scope = ReadonlyMap<string, CommonTable | undefined>

/**
 * True if the id of a query is certainly text: it is cast to text, or is the id of a collection.
 * Otherwise the id must be cast, which prevents the database from using an index to find a record
 * of the view.
 */
export function givesTextId(statement: SelectStatement): boolean {
  return isText(statement, positionOf(statement, 'id'), new Map())
}

function positionOf(statement: SelectStatement, name: string): number {
  const columns = statement.terms[0]?.columns ?? []
  return columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase())
}

function isText(statement: SelectStatement, position: number, outer: Scope): boolean {
  const context = new Map([
    ...outer,
    ...statement.commonTables.map((table) => [table.name.toLowerCase(), table] as const),
  ])
  return statement.terms.every(({ columns, sources }) => {
    const expression = columns[position]?.expression ?? []
    if (castTarget(expression) === 'text') return true

    const column = columnReference(expression)
    // An unqualified column may belong to any of several tables.
    const source = sources.find(
      ({ alias }) =>
        sources.length === 1 || alias.toLowerCase() === column?.qualifier?.toLowerCase(),
    )
    if (column === undefined || source === undefined) return false
    if (source.query) return isText(source.query, positionOf(source.query, column.name), context)

    const table = source.table?.token.value.toLowerCase()
    if (table === undefined) return false
    return context.has(table)
      ? isTextInCommonTable(context, table, column.name)
      : column.name.toLowerCase() === 'id'
  })
}

function isTextInCommonTable(context: Scope, table: string, column: string): boolean {
  const common = context.get(table)
  if (common === undefined) return false
  const { columnNames, query } = common
  const position =
    columnNames.length === 0
      ? positionOf(query, column)
      : columnNames.findIndex((name) => name.toLowerCase() === column.toLowerCase())
  return isText(query, position, new Map(context).set(table, undefined))
}

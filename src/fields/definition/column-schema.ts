/** The schema of a field's column. */
export interface ColumnSchema {
  /** The declared type, which decides the affinity. */
  readonly type: 'TEXT' | 'NUMERIC' | 'BOOLEAN' | 'JSON'
  /** The default, as SQL. */
  readonly default: string
  readonly isNullable?: boolean
  readonly isPrimaryKey?: boolean
}

/** A column's DDL without its name: `TEXT DEFAULT '' NOT NULL`. */
export function columnDeclaration(column: ColumnSchema): string {
  const { type, isNullable = false, isPrimaryKey = false } = column
  const key = isPrimaryKey ? ' PRIMARY KEY' : ''
  return `${type}${key} DEFAULT ${column.default}${isNullable ? '' : ' NOT NULL'}`
}

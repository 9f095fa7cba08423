/*
 * An index as a form shows it. The stored form is its SQL, which may say more than the form can.
 */

/** The parts of a CREATE INDEX statement. */
export interface IndexParts {
  readonly name: string
  readonly collection: string
  readonly isUnique: boolean
  /** Plain names of columns, or expressions as they are written. */
  readonly columns: readonly string[]
  /** The condition of a partial index; empty if all records are part of it. */
  readonly condition: string
}

const statement =
  /^\s*CREATE\s+(UNIQUE\s+)?INDEX\s+(?:IF\s+NOT\s+EXISTS\s+)?([`"[]?\w+[`"\]]?)\s+ON\s+([`"[]?\w+[`"\]]?)\s*\(/i

/** Reads a statement; undefined if the form cannot show all of it. */
export function readIndex(sql: string): IndexParts | undefined {
  const head = statement.exec(sql)
  if (head === null) return undefined
  const end = closingBracket(sql, head[0].length)
  if (end < 0) return undefined
  const rest = sql
    .slice(end + 1)
    .trim()
    .replace(/;$/, '')
    .trim()
  const condition = rest === '' ? '' : /^WHERE\s+([\s\S]+)$/i.exec(rest)?.[1]
  if (condition === undefined) return undefined
  return {
    name: unquoted(head[2] ?? ''),
    collection: unquoted(head[3] ?? ''),
    isUnique: head[1] !== undefined,
    columns: splitColumns(sql.slice(head[0].length, end)).map(unquoted),
    condition,
  }
}

/** Writes the statement of an index. */
export function writeIndex({ name, collection, isUnique, columns, condition }: IndexParts): string {
  const list = columns.map((column) => (/^\w+$/.test(column) ? `\`${column}\`` : column)).join(', ')
  const unique = isUnique ? 'UNIQUE ' : ''
  const where = condition.trim() === '' ? '' : ` WHERE ${condition}`
  return `CREATE ${unique}INDEX \`${name}\` ON \`${collection}\` (${list})${where}`
}

/** The index of the bracket that closes the one before `from`; -1 if there is none. */
function closingBracket(text: string, from: number): number {
  let depth = 1
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1
    if (text[at] === ')') depth -= 1
    if (depth === 0) return at
  }
  return -1
}

function splitColumns(list: string): string[] {
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (let at = 0; at <= list.length; at += 1) {
    if (list[at] === '(') depth += 1
    if (list[at] === ')') depth -= 1
    if (at === list.length || (list[at] === ',' && depth === 0)) {
      parts.push(list.slice(from, at).trim())
      from = at + 1
    }
  }
  return parts.filter((part) => part !== '')
}

function unquoted(name: string): string {
  return /^[`"[](\w+)[`"\]]$/.exec(name)?.[1] ?? name
}

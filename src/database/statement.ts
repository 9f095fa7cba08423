import { Placeholder, SQL, StringChunk } from 'drizzle-orm'
import { quoted, renderFast } from './render.ts'

/** SQL with its bound parameters, in D1's format. */
export interface Statement {
  readonly sql: string
  readonly params: readonly unknown[]
}

/** Inside of another statement it is an error of syntax, rather than nothing. */
const whole = [new StringChunk('(a rendered statement)')]

/** A whole statement that is rendered already. It cannot be a part of another. */
export class RenderedStatement extends SQL implements Statement {
  readonly sql: string
  readonly params: readonly unknown[]

  constructor(text: string, params: readonly unknown[]) {
    super(whole)
    this.sql = text
    this.params = params
  }
}

/** A parameter that is read from the values a statement runs with. */
export class Slot<V> extends Placeholder {
  readonly read: (values: V) => unknown

  constructor(read: (values: V) => unknown) {
    super('slot')
    this.read = read
  }
}

/** A rendered statement whose slots are filled each time it runs. */
export interface Template<V> {
  readonly sql: string
  fill(values: V): SQL
}

/** D1's maximum number of bound parameters. */
const maxParameters = 100

const rendering = {
  escapeName: quoted,
  escapeString: (text: string) => `'${text.replaceAll("'", "''")}'`,
  casing: { getColumnCasing: (column: { name: string }) => column.name } as never,
}

/** Renders a statement for D1. One that is rendered already is returned unchanged. */
export function toStatement(statement: SQL): Statement {
  if (statement instanceof RenderedStatement) return statement
  const { sql, params, isPacked } = render(statement)
  return { sql, params: isPacked ? [packed(params)] : params }
}

/** A statement without slots, rendered once for all its uses. */
export function rendered(statement: SQL): RenderedStatement {
  const { sql, params } = toStatement(statement)
  return new RenderedStatement(sql, params)
}

/** Renders a statement with slots, once for all values. */
export function toTemplate<V>(statement: SQL): Template<V> {
  const { sql, params, isPacked } = render(statement)
  const slots = params.flatMap((param, at) =>
    // Slots are only made for the values of their own template.
    param instanceof Slot ? [{ at, read: (param as Slot<V>).read }] : [],
  )
  return {
    sql,
    fill(values) {
      const filled = [...params]
      for (const { at, read } of slots) filled[at] = read(values)
      return new RenderedStatement(sql, isPacked ? [packed(filled)] : filled)
    },
  }
}

/**
 * More than a hundred parameters are sent as one JSON array and read from it. This keeps storage
 * classes (text, integer, real, null) and, like a bound value, has no affinity.
 */
function render(query: SQL): Statement & { readonly isPacked: boolean } {
  const plain = renderWith(query, () => '?')
  if (plain.params.length <= maxParameters) return { ...plain, isPacked: false }
  const each = renderWith(query, (position) => `json_extract(?1,'$[${position}]')`)
  return { ...each, isPacked: true }
}

function renderWith(query: SQL, escapeParam: (position: number) => string): Statement {
  return renderFast(query, escapeParam) ?? query.toQuery({ ...rendering, escapeParam })
}

function packed(params: readonly unknown[]): string {
  return `[${params.map(jsonOf).join()}]`
}

/**
 * A parameter as JSON. D1 binds every number as a real, and JSON needs a point to keep a whole one
 * real.
 */
function jsonOf(value: unknown): string {
  const text = JSON.stringify(value ?? null)
  return typeof value === 'number' && Number.isSafeInteger(value) ? `${text}.0` : text
}

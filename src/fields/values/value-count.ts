import { type SQL, sql } from 'drizzle-orm'
import { type Constraint, constraint } from '#fields/definition/create-field.ts'
import { listOf, type MultiValue, valuesOf } from './multi-value.ts'

/** Rejects more values than may be selected. A field for one value cannot hold more. */
export function maxCount(maxSelect: number): Constraint<MultiValue>[] {
  if (maxSelect <= 1) return []
  return [
    constraint(
      {
        code: 'validation_too_many_values',
        message: `Select no more than ${maxSelect}.`,
        params: { maxSelect },
      },
      (value) => listOf(value).length > maxSelect,
      (value) => sql`${countOf(value)} > ${maxSelect}`,
    ),
  ]
}

/** The number of values in a stored list. */
export function countOf(list: SQL): SQL {
  return sql`(SELECT count(*) FROM (${valuesOf(list)}))`
}

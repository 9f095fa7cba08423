import { type SQL, sql } from 'drizzle-orm'
import { type Constraint, constraint } from './create-field.ts'
import { listOf, type MultiValue, valuesOf } from './multi-value.ts'

/** Refuses more values than may be selected; a field for one can not hold more. */
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

/** How many values a stored list has. */
export function countOf(list: SQL): SQL {
  return sql`(SELECT count(*) FROM (${valuesOf(list)}))`
}

/*
 * What is wrong with a write, found where it can be found: some of it here, the rest by the
 * database inside the batch. Both go into one guard, which aborts the batch and names every fault
 * that it saw, so that the answer lists them together.
 */
import { type SQL, sql } from 'drizzle-orm'
import { abortWith } from '#database/abort.ts'
import type { FieldIssue, Issues } from '#kernel/errors.ts'
import { concatenation } from './identifiers.ts'

/** A fault of one field. */
export interface Violation {
  readonly field: string
  readonly issue: FieldIssue
  /** When it is one: `always` if that is known already. */
  readonly when: SQL | 'always'
}

/** A guard over violations, and how to read its abort message. */
export interface ViolationGuard {
  readonly statement: SQL
  issues(codes: string): Issues
}

/**
 * The guard that aborts with `prefix` and the codes of the violations that hold, the first one of
 * each field; undefined when there is nothing to guard.
 *
 * @param from where the columns in the conditions come from, `FROM ...`
 */
export function guardViolations(
  prefix: string,
  violations: readonly Violation[],
  from: SQL | undefined,
): ViolationGuard | undefined {
  if (violations.length === 0) return undefined

  const byField = Map.groupBy(
    violations.map((violation, code) => ({ ...violation, code })),
    ({ field }) => field,
  )
  const codes = [...byField.values()].map((ofField) => {
    const cases = ofField.map(
      ({ when, code }) => sql`WHEN ${when === 'always' ? sql`TRUE` : when} THEN ${`${code},`}`,
    )
    return sql`CASE ${sql.join(cases, sql` `)} ELSE '' END`
  })
  const message = sql`(SELECT CASE WHEN "codes" <> '' THEN ${prefix} || "codes" END FROM (SELECT ${concatenation(codes)} AS "codes" ${from ?? sql``}))`
  return {
    statement: abortWith(message),
    issues: (found) => {
      const issues: Record<string, FieldIssue> = {}
      for (const code of found.split(',').filter((part) => part !== '')) {
        const violation = violations[Number(code)]
        if (violation !== undefined) issues[violation.field] = violation.issue
      }
      return issues
    },
  }
}

/*
 * Collects the issues of a write: some are found here, the others by the database inside the batch.
 * Both go into a guard, which aborts the batch and names every issue, so that the response lists
 * them together.
 */
import { type SQL, sql } from 'drizzle-orm'
import { abortWith } from '#database/abort.ts'
import { toStatement } from '#database/statement.ts'
import { concatenation } from '#database/long-expressions.ts'
import type { IssueAbout } from '#fields/definition/field-type.ts'
import type { FieldIssue, Issues } from '#kernel/errors.ts'
import { dictionary } from '#kernel/dictionary.ts'

/** An issue of one field. */
export interface CheckedIssue {
  readonly field: string
  readonly issue: FieldIssue | IssueAbout
  /** Its condition; `always` if it is known to hold. */
  readonly when: SQL | 'always'
}

/** A guard on issues, and how to read its abort message. */
export interface ViolationGuard {
  /** More than one only if there are more conditions than fit into a statement. */
  readonly statements: readonly SQL[]
  issues(codes: string): Issues
}

/** An issue with its position among all of them as code. */
type CodedViolation = CheckedIssue & { readonly code: number }

/** D1 accepts statements of 100 kB, and joining the conditions needs some of it. */
const maxLength = 80_000
/** This many conditions always fit, whatever they are. */
const fewConditions = 10

/**
 * The guard that aborts with `prefix` and the codes of the issues that hold, the first one of each
 * field, with the subject of the issue if it has one. If there are several statements, issues of
 * later ones are not reported.
 *
 * @param from the source of the columns in the conditions, `FROM ...`
 */
export function guardViolations(
  prefix: string,
  violations: readonly CheckedIssue[],
  from: SQL | undefined,
): ViolationGuard {
  const coded = violations.map((violation, code) => ({ ...violation, code }))
  const byField = Map.groupBy(coded, ({ field }) => field)
  return {
    statements: inPortions([...byField.values()]).map((portion) =>
      abortWith(messageOf(prefix, portion, from)),
    ),
    issues: (codes) => {
      const found = readCodes(codes)
      const issues = dictionary<FieldIssue>()
      for (const { field, issue, when, code } of coded) {
        if (when !== 'always' && !found.has(code)) continue
        issues[field] ??= 'subject' in issue ? issue.issueOf(found.get(code) ?? '') : issue
      }
      return issues
    },
  }
}

/** A code in the message, `7,`, or with its subject in hexadecimal, `7:6162,`. */
function codeOf({ issue, code }: CodedViolation): SQL {
  return 'subject' in issue
    ? sql`${`${code}:`} || hex(${issue.subject}) || ','`
    : sql`${`${code},`}`
}

/** Parses the codes of a message and their subjects. */
function readCodes(codes: string): ReadonlyMap<number, string> {
  const found = codes.matchAll(/(\d+)(?::([\dA-F]*))?,/g)
  return new Map([...found].map(([, code, subject = '']) => [Number(code), textOfHex(subject)]))
}

function textOfHex(hex: string): string {
  const bytes = hex.match(/../g) ?? []
  return new TextDecoder().decode(Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 16)))
}

type Portion = (readonly CodedViolation[])[]

/** Divides the fields so that the conditions of each part fit into a statement. */
function inPortions(fields: Portion): Portion[] {
  const count = fields.reduce((sum, violations) => sum + violations.length, 0)
  if (count === 0) return []
  if (count <= fewConditions) return [fields]

  const portions: Portion[] = []
  let length = maxLength
  for (const violations of fields) {
    const added = violations.reduce((sum, violation) => sum + lengthOf(violation), 0)
    if (length + added > maxLength) {
      portions.push([])
      length = 0
    }
    portions.at(-1)?.push(violations)
    length += added
  }
  return portions
}

/** The length of an issue's SQL, including what surrounds it. */
function lengthOf(violation: CodedViolation): number {
  const { when } = violation
  const condition = when === 'always' ? 0 : toStatement(when).sql.length
  return 100 + condition + toStatement(codeOf(violation)).sql.length
}

function messageOf(prefix: string, fields: Portion, from: SQL | undefined): SQL {
  const codes = fields.map((violations) => {
    const cases = violations.map(
      (violation) =>
        sql`WHEN ${violation.when === 'always' ? sql`TRUE` : violation.when} THEN ${codeOf(violation)}`,
    )
    return sql`CASE ${sql.join(cases, sql` `)} ELSE '' END`
  })
  return sql`(SELECT CASE WHEN "codes" <> '' THEN ${prefix} || "codes" END FROM (SELECT ${concatenation(codes)} AS "codes" ${from ?? sql``}))`
}

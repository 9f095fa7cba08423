import { ApiError } from '#kernel/errors.ts'
import { randomString } from '#kernel/random.ts'
import { compileCollections } from '#catalog/compile/compile.ts'
import { blankDefinition } from '#collections/complete-definition.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { deriveView, isView } from './derive-views.ts'
import { collectionErrors } from '#collections/errors.ts'
import type { Plan } from '#database/query.ts'
import { findIdFault, sampleOfView } from './view-query.ts'
import { viewQueryFault } from './view-sample.ts'

/** The view of a query that was not stored. */
export interface DryRun {
  readonly fields: CollectionDefinition['fields']
  /** The first records, without hidden fields. */
  readonly sample: readonly Readonly<Record<string, unknown>>[]
}

/**
 * Plans a dry run of a view's query: its fields and the first records.
 *
 * Database: 1 batch.
 *
 * @throws {ApiError} `viewQueryInvalid`
 */
export function planDryRun(
  definitions: readonly CollectionDefinition[],
  query: string,
): Plan<DryRun> {
  const blank = blankDefinition('view', `temp_view_${randomString(5)}`)
  if (!isView(blank)) throw new TypeError('The scaffold of a view is a view.')
  const { view, fault } = deriveView({ ...blank, options: { viewQuery: query } }, definitions)
  if (fault !== undefined) throw invalidQuery(fault)
  return {
    statements: [sampleOfView(query)],
    read: ([rows = []]) => {
      const idFault = findIdFault(rows)
      if (idFault !== undefined) throw invalidQuery(idFault)
      return { fields: view.fields, sample: rows.map(recordReader(view)) }
    },
    explain: (error) => {
      const sqlFault = viewQueryFault(error)
      return sqlFault === undefined ? undefined : invalidQuery(sqlFault)
    },
  }
}

function invalidQuery(fault: string): ApiError {
  const { message } = collectionErrors.viewQueryInvalid
  return new ApiError(collectionErrors.viewQueryInvalid, {
    message: `${message} Raw error: \n${fault}`,
  })
}

/** Reads rows as records of a view that is not stored, with keys in alphabetical order. */
function recordReader(
  view: CollectionDefinition,
): (row: Readonly<Record<string, unknown>>) => Record<string, unknown> {
  const shown = compileCollections([view]).all.flatMap(({ fields }) =>
    fields.filter(({ hidden }) => !hidden),
  )
  return (row) => {
    const values = shown.map((field) => [field.name, field.fromColumn(row[field.name])] as const)
    const names = [
      ['collectionId', view.id],
      ['collectionName', view.name],
    ] as const
    return Object.fromEntries([...values, ...names].toSorted(([a], [b]) => (a < b ? -1 : 1)))
  }
}

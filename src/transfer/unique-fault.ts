import { batchFailure } from '#database/abort.ts'
import { LoadError } from './load-error.ts'

/** Reports a database error as an issue of the source if its values violate a unique index. */
export function withUniqueFault(error: unknown, collection?: string): unknown {
  const failure = batchFailure(error)
  if (failure === undefined || failure.kind === 'aborted') return error
  const rowId =
    failure.kind === 'notUnique'
      ? `${collection ?? failure.table}: ${failure.columns.join(', ')}`
      : `the index ${failure.index}`
  return new LoadError(
    `Two records have the same value although an index is unique (${rowId}). Nothing was ` +
      'replaced. Change one of them, or remove the index, and try again.',
    { cause: error },
  )
}

import { batchFailure } from '#database/abort.ts'
import { LoadError } from './load-error.ts'

/** An error of the database as a fault of the source, where values are not as unique as an index wants. */
export function withUniqueFault(error: unknown, collection?: string): unknown {
  const failure = batchFailure(error)
  if (failure === undefined || failure.kind === 'aborted') return error
  const rowId =
    failure.kind === 'notUnique'
      ? `${collection ?? failure.table}: ${failure.columns.join(', ')}`
      : `the index ${failure.index}`
  return new LoadError(
    `Two records have the same value where an index lets it stand once (${rowId}). Nothing was ` +
      'replaced. Change one of them, or remove the index, and try again.',
    { cause: error },
  )
}

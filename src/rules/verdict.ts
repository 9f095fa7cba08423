import { ApiError } from '#kernel/errors.ts'
import { constant, map, type Query, rowsOf } from '#database/query.ts'
import { errorEnvelope } from '#http/error-response.ts'

/** The answer of the explained request. */
export interface Verdict {
  readonly isAllowed: boolean
  /** The status of the response; undefined if the action has no response of its own. */
  readonly status: number | undefined
  readonly message: string
  /** The issues of the response, by field. */
  readonly data: Readonly<Record<string, unknown>>
  /** True if a write failed at the guard of its rule. */
  readonly isRuleGuard: boolean
}

/** An allowed request. */
export function allowed(status: number | undefined): Verdict {
  return { isAllowed: true, status, message: '', data: {}, isRuleGuard: false }
}

/** A request that receives something without being refused, but not the record. */
export function withheld(status: number | undefined): Verdict {
  return { ...allowed(status), isAllowed: false }
}

/** A refused request. */
export function refused(error: ApiError, isRuleGuard = false): Verdict {
  const { status, message, data } = errorEnvelope(error)
  return { isAllowed: false, status, message, data, isRuleGuard }
}

/** Plans a query that may be refused, and reads its verdict. */
export function verdictOf<T>(
  plan: () => Query<T | Promise<T>>,
  read: (value: T) => Verdict,
): Query<Promise<Verdict>> {
  try {
    const query = plan()
    return map(rowsOf(query.statements), async (rows) => {
      try {
        return read(await query.read(rows))
      } catch (error) {
        return refusedBy(error)
      }
    })
  } catch (error) {
    return constant(Promise.resolve(refusedBy(error)))
  }
}

/** The verdict of an error of the request; a defect is thrown again. */
export function refusedBy(error: unknown): Verdict {
  if (error instanceof ApiError && error.status < 500) return refused(error)
  throw error
}

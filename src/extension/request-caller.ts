/*
 * The caller of an application's route. A token is only a claim until the database has confirmed it,
 * so the account is unknown before.
 */
import type { Context } from 'hono'
import type { CatalogCache } from '#catalog/catalog-cache.ts'
import type { Planner } from '#catalog/plan-context.ts'
import { constant } from '#database/query.ts'
import type { AppEnv } from '#http/app-env.ts'
import type { Caller } from '#http/caller.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import type { CallerAccount } from './arete.ts'

/** Throws an ApiError for a caller that a route does not accept. */
export type CallerCheck = (caller: Caller | undefined) => void

/** The caller of one request. */
export class RequestCallerState {
  readonly #c: Context<AppEnv>
  readonly #checks: CallerCheck[] = []
  #confirmed: { readonly account: CallerAccount | undefined } | undefined

  constructor(c: Context<AppEnv>) {
    this.#c = c
  }

  /** The confirmed account. */
  get account(): CallerAccount | undefined {
    return this.#confirmed?.account
  }

  /** True once the database has confirmed the caller. */
  get isConfirmed(): boolean {
    return this.#confirmed !== undefined
  }

  /**
   * Confirms the caller and checks it. Database: 1 batch.
   *
   * @throws {ApiError} As the check
   */
  async confirm(check: CallerCheck): Promise<void> {
    this.#checks.push(check)
    await this.#c.get('services').transactor.read(this.checked(() => constant(undefined)))
  }

  /**
   * Checks the claim of the token now, and the confirmed caller with the first plan that
   * `checked` returns. Database: none, except for the catalog in a fresh isolate.
   *
   * @throws {ApiError} As the check
   */
  async checkLater(check: CallerCheck, catalogs: CatalogSource): Promise<void> {
    this.#checks.push(check)
    const { db, resolveCaller } = this.#c.get('services')
    check(await resolveCaller(await catalogs.current(db)))
  }

  /** A planner that fails for a caller that the route does not accept, and confirms the others. */
  checked<T>(planner: Planner<T>): Planner<T> {
    return async (context) => {
      for (const check of this.#checks) check(context.caller)
      const plan = await planner(context)
      return {
        ...plan,
        read: (rows) => {
          this.#confirmed = { account: accountOf(context.caller) }
          return plan.read(rows)
        },
      }
    }
  }
}

/** Reads the catalog, from memory if it can. */
export type CatalogSource = Pick<CatalogCache, 'current'>

/** Accepts any account, or the accounts of some collections. */
export function isAccountOf(collections: readonly string[]): CallerCheck {
  return (caller) => {
    if (caller === undefined) throw new ApiError(commonErrors.recordTokenRequired)
    if (collections.length === 0) return
    const isAccepted = collections.some(
      (name) => name === caller.collectionName || name === caller.collectionId,
    )
    if (!isAccepted) throw new ApiError(commonErrors.recordNotAllowed)
  }
}

function accountOf(caller: Caller | undefined): CallerAccount | undefined {
  if (caller === undefined) return undefined
  const { recordId: id, collectionName: collection, isSuperuser } = caller
  return { id, collection, isSuperuser }
}

/*
 * The caller of an application's route. A token is only a claim until the database has confirmed it,
 * so the account is unknown before.
 */
import type { Context } from 'hono'
import type { CatalogCache } from '#catalog/catalog-cache.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { isSuperusers } from '#catalog/system-collections.ts'
import { constant, map } from '#database/query.ts'
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
  #refusal: ApiError | undefined
  #confirmed: { readonly account: CallerAccount | undefined } | undefined

  constructor(c: Context<AppEnv>) {
    this.#c = c
  }

  /** The confirmed account. */
  get account(): CallerAccount | undefined {
    return this.#confirmed?.account
  }

  /** The error of a plan for a caller that the route does not accept. */
  get refusal(): ApiError | undefined {
    return this.#refusal
  }

  /** True once the database has confirmed the caller. */
  get isConfirmed(): boolean {
    return this.#confirmed !== undefined
  }

  /**
   * Has the database confirm the caller. Database: 1 batch.
   *
   * @throws {ApiError} As the check
   */
  async require(check: CallerCheck): Promise<void> {
    this.#checks.push(check)
    await this.#c.get('services').transactor.read((context) => {
      this.check(context)
      return map(constant(undefined), () => this.confirm(context))
    })
  }

  /**
   * Checks the claim of the token now, and the confirmed caller with the first plan for the caller.
   * Database: none, except for the catalog in a fresh isolate.
   *
   * @throws {ApiError} As the check
   */
  async requireLater(check: CallerCheck, catalogs: CatalogSource): Promise<void> {
    this.#checks.push(check)
    const { db, resolveCaller } = this.#c.get('services')
    check(await resolveCaller(await catalogs.current(db)))
  }

  /**
   * Checks the caller of a plan.
   *
   * @throws {ApiError} For a caller that the route does not accept
   */
  check({ caller }: Pick<PlanContext, 'caller'>): void {
    try {
      for (const check of this.#checks) check(caller)
    } catch (error) {
      if (error instanceof ApiError) this.#refusal = error
      throw error
    }
  }

  /** Notes that the database has confirmed the caller of a plan. */
  confirm({ caller }: Pick<PlanContext, 'caller'>): void {
    this.#confirmed = { account: accountOf(caller) }
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

/** The account that acts in a plan. */
export function callerAccount({
  caller,
  identity,
}: Pick<PlanContext, 'caller' | 'identity'>): CallerAccount | undefined {
  if (identity?.kind === 'deployment') return undefined
  if (identity === undefined) return accountOf(caller)
  const { collection, id } = identity
  return { id, collection: collection.name, isSuperuser: isSuperusers(collection) }
}

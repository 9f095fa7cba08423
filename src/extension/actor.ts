/*
 * Those in whose name the code of an application reads and writes records: the deployment, an
 * account, or the caller of a request.
 */
import { sql } from 'drizzle-orm'
import type { Collection } from '#catalog/collection.ts'
import type { PlanContext, PlanIdentity } from '#catalog/plan-context.ts'
import type { Transactor } from '#catalog/transact.ts'
import { abortUnless } from '#database/abort.ts'
import { after, type Plan } from '#database/query.ts'
import type { RequestInfo } from '#filter/schema.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import type { Passwords } from '#platform/passwords.ts'
import { recordErrors } from '#records/errors.ts'
import { guestRequest } from '#records/request-info.ts'
import type { FileStore } from '#records/write/file-store.ts'
import type { OldPasswordProof } from '#records/write/old-password.ts'
import type { SubmittedBody } from '#records/write/resolve-body.ts'
import type { DeploymentServices } from '#request-services.ts'

/** An action on records, as the tags of rate limits name it. */
export type RecordAction = 'list' | 'view' | 'create' | 'update' | 'delete'

/** The parameters of a request that is none. */
export interface InnerRequest {
  readonly method: string
  readonly expand: string
}

/** Someone in whose name records are read and written. */
export interface Actor {
  readonly transactor: Transactor
  readonly passwords: Passwords
  readonly fileStore: FileStore
  /**
   * The context of the actor's plans.
   *
   * @throws {ApiError} For an actor who may do nothing here
   */
  enter(context: PlanContext): PlanContext
  /** Adds the actor's own guards to a plan. */
  guard<P extends Plan<unknown>>(context: PlanContext, plan: P): P
  /** The request that rules see. */
  info(request: InnerRequest): RequestInfo
  /**
   * Counts against the actor's rate limits.
   *
   * @throws {ApiError} `too_many_requests`
   */
  admit(
    context: PlanContext,
    collection: Collection,
    action: RecordAction,
    hasFilter?: boolean,
  ): void
  /** Delays the answer of a caller that keeps finding nothing. */
  foundNothing(context: PlanContext, collection: Collection): Promise<void>
  /** Checks a submitted old password. */
  prove(
    context: PlanContext,
    collection: Collection,
    id: string,
    body: SubmittedBody,
  ): Promise<OldPasswordProof | undefined>
}

/** The deployment: no rules, hidden fields included. */
export function deploymentActor(services: DeploymentServices): Actor {
  const identity: PlanIdentity = { kind: 'deployment' }
  return {
    ...withoutClient(services, 'system'),
    enter: (context) => ({ ...context, identity }),
  }
}

/** An account that the application knows by its id, with its own access. */
export function accountActor(
  services: DeploymentServices,
  account: { readonly collection: string; readonly id: string },
): Actor {
  return {
    ...withoutClient(services, 'default'),
    enter(context) {
      const collection = context.catalog.collections.find(account.collection)
      if (collection?.auth === undefined) throw new ApiError(recordErrors.collectionMissing)
      return { ...context, identity: { kind: 'account', collection, id: account.id } }
    },
    guard(context, plan) {
      const collection = context.catalog.collections.find(account.collection)
      const table = sql.identifier(collection?.name ?? '')
      const exists = sql`EXISTS (SELECT 1 FROM ${table} WHERE "id" = ${account.id})`
      return {
        ...after([abortUnless(exists, missingAccount)], plan),
        errorFor: (failure) => {
          const isMissing = failure.kind === 'aborted' && failure.message === missingAccount
          if (isMissing) return new ApiError(commonErrors.notFound)
          return plan.errorFor?.(failure) ?? new ApiError(commonErrors.badRequest)
        },
      }
    },
  }
}

const missingAccount = 'arete:no-account'

function withoutClient(
  { transactor, passwords, fileStore }: DeploymentServices,
  context: string,
): Omit<Actor, 'enter'> {
  return {
    transactor,
    passwords,
    fileStore,
    guard: (_, plan) => plan,
    info: ({ method, expand }) => guestRequest({ context, method, query: { expand }, headers: {} }),
    admit: () => undefined,
    foundNothing: () => Promise.resolve(),
    prove: () => Promise.resolve(undefined),
  }
}

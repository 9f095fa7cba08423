import { lazy } from '#kernel/lazy.ts'
import type { DeploymentServices } from '#request-services.ts'
import { accountActor, type Actor, deploymentActor } from './actor.ts'
import type { AreteCore, RecordScope } from './arete.ts'
import { runBatch, runTransaction } from './batch.ts'
import { recordsOf } from './records.ts'

/** Arete for code that acts as the deployment. Its services are made when they are first needed. */
export function createCore(services: () => DeploymentServices, now = new Date()): AreteCore {
  const actor = lazy(() => deploymentActor(services()))
  return {
    ...scopeOf(actor),
    now,
    transact: (run) => runTransaction(actor(), run),
    as: (account) => scopeOf(() => accountActor(services(), account)),
  }
}

/** The access of an actor. */
export function scopeOf(makeActor: () => Actor): RecordScope {
  const actor = lazy(makeActor)
  return {
    records: (collection) => recordsOf(actor(), collection),
    batch: (collect) => runBatch(actor(), collect),
  }
}

import { lazy } from '#kernel/lazy.ts'
import type { DeploymentServices } from '#request-services.ts'
import { accountActor, type Actor, deploymentActor } from './actor.ts'
import type { AreteCore, RecordScope } from './arete.ts'
import { runBatch, runTransaction } from './batch.ts'
import { recordsOf } from './records.ts'
import type { Environment } from './environment.ts'
import { createFiles } from './services/files.ts'
import { createMails } from './services/mail.ts'
import { createSettings } from './services/settings.ts'
import { createTasks } from './tasks/create-tasks.ts'
import type { TaskRegistry } from './tasks/task-registry.ts'

/** The parts of an application that its code reaches by `arete`. */
export interface CoreParts {
  readonly tasks: TaskRegistry
  readonly environment: Environment
}

/** Arete for code that acts as the deployment. Its services are made when they are first needed. */
export function createCore(
  parts: CoreParts,
  services: () => DeploymentServices,
  now = new Date(),
): AreteCore {
  const { tasks, environment } = parts
  const actor = lazy(() => deploymentActor(services()))
  return {
    ...scopeOf(tasks, actor),
    now,
    get env() {
      return environment.value
    },
    tasks: createTasks(tasks, services),
    mail: createMails(services),
    files: createFiles(services),
    settings: createSettings(services),
    transact: (run) => runTransaction(actor(), tasks, run),
    as: (account) => scopeOf(tasks, () => accountActor(services(), account)),
  }
}

/** The access of an actor. */
export function scopeOf(tasks: TaskRegistry, makeActor: () => Actor): RecordScope {
  const actor = lazy(makeActor)
  return {
    records: (collection) => recordsOf(actor(), collection),
    batch: (collect) => runBatch(actor(), tasks, collect),
  }
}

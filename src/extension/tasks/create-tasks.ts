import { list, map, one } from '#database/query.ts'
import { unixSeconds } from '#kernel/dates.ts'
import type { DeploymentServices } from '#request-services.ts'
import {
  type Enqueue,
  type EnqueueOptions,
  enqueueStep,
  planEnqueue,
  selectWaiting,
} from './enqueue.ts'
import type { AnyTask } from './task.ts'
import type { TaskRegistry } from './task-registry.ts'

/** The tasks of an application: `arete.tasks`. */
export interface Tasks {
  /**
   * Enqueues a task, and returns the id of its call; or of the one with its key that waits already.
   * 1 trip. `batch` enqueues in the transaction of a write.
   */
  enqueue: Enqueue<Promise<string>>
}

/** Makes `arete.tasks`. */
export function createTasks(tasks: TaskRegistry, services: () => DeploymentServices): Tasks {
  return {
    async enqueue(wanted: string | AnyTask, payload?: unknown, options?: EnqueueOptions) {
      const step = enqueueStep(tasks, wanted, payload, options)
      await step.check()
      const { endpoint, key } = step
      return await services().transactor.write((context) => {
        const enqueue = planEnqueue(context, step)
        if (key === undefined) return map(enqueue, (id) => id ?? '')
        const waiting = selectWaiting(endpoint, key, unixSeconds(context.now))
        const find = one(waiting, ([row]) => String(row?.['id'] ?? ''))
        return map(list([enqueue, find]), ([added, found]) => added ?? found ?? '')
      })
    },
  }
}

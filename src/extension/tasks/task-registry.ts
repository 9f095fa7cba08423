import { taskEndpoint } from '#catalog/subscribers.ts'
import type { AnyTask } from './task.ts'

/** A task with the endpoint of its calls. */
export interface NamedTask {
  readonly name: string
  readonly endpoint: string
  readonly task: AnyTask
}

/** The tasks of an application. */
export class TaskRegistry {
  readonly list: readonly NamedTask[]
  readonly #byName: ReadonlyMap<string, NamedTask>
  readonly #byTask: ReadonlyMap<AnyTask, NamedTask>

  /** @throws {Error} For a name that cannot be one, or a task with two names. */
  constructor(tasks: Readonly<Record<string, AnyTask>> = {}) {
    this.list = Object.entries(tasks).map(([name, task]) => {
      if (!/^\w[\w-]*$/.test(name)) throw new Error(`"${name}" is not a name of a task.`)
      return { name, endpoint: taskEndpoint(name), task }
    })
    this.#byName = new Map(this.list.map((named) => [named.name, named]))
    this.#byTask = new Map(this.list.map((named) => [named.task, named]))
    if (this.#byTask.size < this.list.length)
      throw new Error('A task of the application has two names.')
  }

  /**
   * Finds a task.
   *
   * @throws {Error} If the application has no such task.
   */
  find(wanted: string | AnyTask): NamedTask {
    const found = typeof wanted === 'string' ? this.#byName.get(wanted) : this.#byTask.get(wanted)
    if (found !== undefined) return found
    const name = typeof wanted === 'string' ? ` "${wanted}"` : ''
    throw new Error(`The application has no such task${name}. Name it in the tasks of defineApp.`)
  }
}

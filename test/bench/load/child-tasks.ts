import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/*
 * A child process that does one task at a time for its parent, so that what it does takes none of the
 * parent's time, nor of a server's in the parent.
 */

type Answer<Result> = { readonly result: Result } | { readonly error: string }

/** The parent's side of a child process that does tasks. */
export interface TaskChild<Task, Result> {
  /** Does a task. @throws Error with the child's message if the task fails there */
  run(task: Task): Promise<Result>
  stop(): void
}

/** Starts a child process from a module that calls `doTasks`. */
export function startTaskChild<Task, Result>(module: string): TaskChild<Task, Result> {
  const child: ChildProcess = fork(module)
  // Not by a stop: that one disconnects first.
  const ended = once(child, 'exit').then(() => {
    throw new Error(`${module} has ended.`)
  })
  ended.catch(() => undefined)
  return {
    async run(task) {
      const answered = once(child, 'message')
      child.send(task as object)
      const [answer] = (await Promise.race([answered, ended])) as [Answer<Result>]
      if ('error' in answer) throw new Error(answer.error)
      return answer.result
    },
    stop() {
      child.disconnect()
    },
  }
}

/** The child's side: does each task that the parent sends, and ends with the parent. */
export function doTasks(work: (task: unknown) => Promise<unknown>): void {
  const answerTo = async (task: unknown): Promise<Answer<unknown>> => {
    try {
      return { result: await work(task) }
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) }
    }
  }
  process.on('message', (task) => {
    void answerTo(task).then((answer) => process.send?.(answer))
  })
  process.on('disconnect', () => process.exit())
}

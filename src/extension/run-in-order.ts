import { ApiError } from '#kernel/errors.ts'
import { hookErrors } from './errors.ts'
import type { NamedHook } from './hook-registry.ts'
import { logHook } from './log-hook.ts'
import { Refusal } from './refuse.ts'
import { HookTimeout, within } from './time-limit.ts'

/** The time that one hook may take, and all hooks of one event. */
const hookMilliseconds = 5000
const allMilliseconds = 10_000

/**
 * Runs hooks one after another, until one fails. Returns the error of the request then: the hook's
 * refusal, or one that says nothing, whose reason is logged.
 *
 * @param refused the message for a refusal that has one for each field
 */
export async function runInOrder<E>(
  hooks: readonly NamedHook<(e: E) => void | Promise<void>>[],
  event: E,
  refused?: string,
): Promise<ApiError | undefined> {
  const deadline = Date.now() + allMilliseconds
  for (const { name, run } of hooks) {
    try {
      const running = run(event)
      if (running === undefined) continue
      await within(Math.min(hookMilliseconds, deadline - Date.now()), running)
    } catch (error) {
      return errorOf(error, name, refused)
    }
  }
  return undefined
}

function errorOf(error: unknown, name: string, refused: string | undefined): ApiError {
  if (error instanceof Refusal) {
    const hasIssues = Object.keys(error.issues).length > 0
    const { code, status, issues } = error
    const message = (hasIssues ? refused : undefined) ?? error.message
    return new ApiError({ code, status, message }, { issues })
  }
  logHook(name, error)
  if (error instanceof HookTimeout) return new ApiError(hookErrors.timeout)
  return new ApiError(hookErrors.failed, { cause: error })
}

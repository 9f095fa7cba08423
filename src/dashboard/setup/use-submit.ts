import { type FormEvent, type RefObject, useEffect, useRef, useState } from 'react'
import { type Failure, readFailure } from '#dashboard/api/failure.ts'

/** The state of a form that sends one request. */
export interface Submission {
  readonly isBusy: boolean
  readonly failure: Failure | undefined
  /** Seconds until the server takes another attempt; undefined if it takes one now. */
  readonly wait: number | undefined
  /** The element that shows the failure. It takes the focus. */
  readonly summary: RefObject<HTMLDivElement | null>
  onSubmit(event: FormEvent): void
}

/** Sends a form once at a time. `onFailure` may react to a failure before it is shown. */
export function useSubmit(
  send: () => Promise<void>,
  onFailure?: (failure: Failure) => void,
): Submission {
  const [failure, setFailure] = useState<Failure>()
  const [isBusy, setBusy] = useState(false)
  const summary = useRef<HTMLDivElement>(null)
  const wait = useCountdown(failure, () => setFailure(undefined))
  const submit = async (): Promise<void> => {
    setBusy(true)
    setFailure(undefined)
    try {
      await send()
    } catch (error) {
      const read = readFailure(error)
      onFailure?.(read)
      setFailure(read)
      requestAnimationFrame(() => summary.current?.focus())
    } finally {
      setBusy(false)
    }
  }
  return {
    isBusy,
    failure,
    wait,
    summary,
    onSubmit: (event) => {
      event.preventDefault()
      if (!isBusy && wait === undefined) void submit()
    },
  }
}

/** Counts the seconds of `Retry-After` down, and says when they are over. */
function useCountdown(failure: Failure | undefined, onOver: () => void): number | undefined {
  const [left, setLeft] = useState<number>()
  const over = useRef(onOver)
  useEffect(() => {
    over.current = onOver
  })
  useEffect(() => {
    const seconds = failure?.retryAfterSeconds
    setLeft(seconds)
    if (seconds === undefined) return undefined
    const ends = Date.now() + seconds * 1000
    const timer = setInterval(() => {
      const remaining = Math.ceil((ends - Date.now()) / 1000)
      if (remaining > 0) setLeft(remaining)
      else over.current()
    }, 500)
    return () => clearInterval(timer)
  }, [failure])
  return left
}

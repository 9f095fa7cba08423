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
  const countdown = useCountdown(() => setFailure(undefined))
  // An effect runs once the summary is there, which a frame does not wait for.
  useEffect(() => {
    if (failure !== undefined) summary.current?.focus()
  }, [failure])
  const submit = async (): Promise<void> => {
    setBusy(true)
    setFailure(undefined)
    try {
      await send()
    } catch (error) {
      const read = readFailure(error)
      onFailure?.(read)
      setFailure(read)
      countdown.start(read.retryAfterSeconds)
    } finally {
      setBusy(false)
    }
  }
  return {
    isBusy,
    failure,
    wait: countdown.left,
    summary,
    onSubmit: (event) => {
      event.preventDefault()
      if (!isBusy && countdown.left === undefined) void submit()
    },
  }
}

interface Countdown {
  /** Seconds; undefined while nothing is counted. */
  readonly left: number | undefined
  start(seconds: number | undefined): void
}

/** Counts the seconds of `Retry-After` down, and says when they are over. */
function useCountdown(onOver: () => void): Countdown {
  const [ends, setEnds] = useState<number>()
  const [now, setNow] = useState(0)
  const over = useRef(onOver)
  useEffect(() => {
    over.current = onOver
  })
  useEffect(() => {
    if (ends === undefined) return undefined
    const timer = setInterval(() => {
      setNow(Date.now())
      if (Date.now() < ends) return
      setEnds(undefined)
      over.current()
    }, 500)
    return () => clearInterval(timer)
  }, [ends])
  return {
    left: ends === undefined ? undefined : Math.max(1, Math.ceil((ends - now) / 1000)),
    start: (seconds) => {
      setNow(Date.now())
      setEnds(seconds === undefined ? undefined : Date.now() + seconds * 1000)
    },
  }
}

/** Work that continues after responses. */
export interface BackgroundWork {
  /** Keeps track of a promise; reports it if it fails. */
  waitUntil(work: Promise<unknown>): void
  passThroughOnException(): void
  readonly props: unknown
  /** Resolves when nothing is left to do. */
  settled(): Promise<void>
}

/** Creates the execution context of all requests of a process. */
export function createBackground(): BackgroundWork {
  const running = new Set<Promise<unknown>>()
  return {
    waitUntil(work) {
      const tracked = work.catch(report).finally(() => running.delete(tracked))
      running.add(tracked)
    },
    // There is nothing to pass an error on to.
    passThroughOnException: () => undefined,
    props: {},
    async settled() {
      while (running.size > 0) await Promise.all(running)
    },
  }
}

function report(error: unknown): void {
  // oxlint-disable-next-line no-console -- the response is sent already
  console.error({ background: error instanceof Error ? error.stack : String(error) })
}

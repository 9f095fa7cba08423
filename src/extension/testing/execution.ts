/** The context of a request, whose background work can be awaited. */
export interface Execution {
  readonly context: ExecutionContext
  /**
   * Resolves when all background work has ended, including work that other work has started.
   *
   * @throws The first failure of it.
   */
  settled(): Promise<void>
}

/** Creates the context of one request. */
export function createExecution(): Execution {
  const works: Promise<unknown>[] = []
  const context = {
    waitUntil: (work: Promise<unknown>) => void works.push(work),
    passThroughOnException: () => {},
    props: {},
  }
  return {
    context: context as unknown as ExecutionContext,
    async settled() {
      for (let begun = 0; begun < works.length;) {
        begun = works.length
        await Promise.allSettled(works)
      }
      await Promise.all(works)
    },
  }
}

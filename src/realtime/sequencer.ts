import type { Publication } from '#platform/realtime.ts'

/** A number that does not come is waited for so long, while others are there already. */
const patienceMilliseconds = 1000

/** What waits to be told, and who waits for that. */
interface Waiting {
  readonly publication: Publication
  readonly done: () => void
}

/**
 * Puts what transactions did into their order. Workers anywhere tell of them, each when it can; a
 * Worker that never does, since it ended, holds up the others for a second.
 */
export class Sequencer {
  readonly #tell: (publications: readonly Publication[]) => Promise<void>
  readonly #most: number
  readonly #waiting = new Map<number, Waiting>()
  #next: number | undefined
  #isTelling = false
  #isWaiting = false

  /** @param most how many are told of at a time */
  constructor(tell: (publications: readonly Publication[]) => Promise<void>, most: number) {
    this.#tell = tell
    this.#most = most
  }

  /** Resolves once this one was told. */
  add(publication: Publication): Promise<void> {
    return new Promise((resolve) => {
      const { sequence } = publication
      this.#next ??= sequence
      this.#waiting.set(sequence, { publication, done: resolve })
      void this.#run()
    })
  }

  async #run(): Promise<void> {
    if (this.#isTelling) return
    this.#isTelling = true
    for (let ready = this.#take(); ready.length > 0; ready = this.#take()) {
      await this.#tell(ready.map(({ publication }) => publication))
      for (const { done } of ready) done()
    }
    this.#isTelling = false
    if (this.#waiting.size === 0 || this.#isWaiting) return
    this.#isWaiting = true
    setTimeout(() => this.#skip(), patienceMilliseconds)
  }

  /** Those that come after they were given up, and those that follow one another from the next on. */
  #take(): Waiting[] {
    const ready = this.#takeLate()
    while (ready.length < this.#most && this.#next !== undefined) {
      const waiting = this.#waiting.get(this.#next)
      if (waiting === undefined) break
      this.#waiting.delete(this.#next)
      this.#next += 1
      ready.push(waiting)
    }
    return ready
  }

  #takeLate(): Waiting[] {
    const late = [...this.#waiting].filter(([sequence]) => sequence < (this.#next ?? 0))
    for (const [sequence] of late) this.#waiting.delete(sequence)
    return late.toSorted(([a], [b]) => a - b).map(([, waiting]) => waiting)
  }

  /** Goes on without the number that did not come. */
  #skip(): void {
    this.#isWaiting = false
    const isMissing = this.#next !== undefined && !this.#waiting.has(this.#next)
    if (this.#waiting.size === 0 || !isMissing) return void this.#run()
    this.#next = Math.min(...this.#waiting.keys())
    void this.#run()
  }
}

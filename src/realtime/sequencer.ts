import type { Publication } from '#platform/realtime.ts'

/** A number that does not come is waited for so long, while others are there already. */
const gapTimeoutMilliseconds = 1000
/** And counts as lost after so long. */
const lossTimeoutMilliseconds = 10_000
/** So many numbers are remembered, so that what is sent twice is told once. */
const maxRemembered = 1000

/** What waits to be told, and who waits for that. */
interface Waiting {
  readonly publication: Publication
  readonly done: () => void
}

/** What a sequencer works with. */
export interface SequencerOptions {
  /** Tells of some, in their order. */
  readonly deliver: (publications: readonly Publication[]) => Promise<void>
  /** Says that something will never be told of. */
  readonly onGap: () => void
  /** How many are told of at a time. */
  readonly batchSize: number
}

/**
 * Puts what transactions did into their order. Workers anywhere tell of them, each when it can; a
 * Worker that never does, since it ended, holds up the others for a second.
 */
export class Sequencer {
  readonly #options: SequencerOptions
  readonly #waiting = new Map<number, Waiting>()
  /** Numbers that were told of, the newest last. */
  readonly #delivered = new Set<number>()
  /** Numbers that others did not wait for. */
  readonly #missing = new Set<number>()
  #next: number | undefined
  #isDelivering = false
  #isWaiting = false

  constructor(options: SequencerOptions) {
    this.#options = options
  }

  /** Resolves once this one was told. */
  add(publication: Publication): Promise<void> {
    const { sequence } = publication
    if (this.#delivered.has(sequence)) return Promise.resolve()
    return new Promise((resolve) => {
      const before = this.#waiting.get(sequence)
      const done = (): void => {
        before?.done()
        resolve()
      }
      this.#next ??= sequence
      this.#waiting.set(sequence, { publication, done })
      void this.#run()
    })
  }

  /** Begins anew, with whatever number comes next. */
  reset(): void {
    this.#next = undefined
    this.#delivered.clear()
    this.#missing.clear()
    for (const { done } of this.#waiting.values()) done()
    this.#waiting.clear()
  }

  async #run(): Promise<void> {
    if (this.#isDelivering) return
    this.#isDelivering = true
    for (let ready = this.#take(); ready.length > 0; ready = this.#take()) {
      for (const { publication } of ready) this.#remember(publication.sequence)
      await this.#options.deliver(ready.map(({ publication }) => publication))
      for (const { done } of ready) done()
    }
    this.#isDelivering = false
    if (this.#waiting.size === 0 || this.#isWaiting) return
    this.#isWaiting = true
    const missing = this.#next
    setTimeout(() => this.#skip(missing), gapTimeoutMilliseconds)
  }

  #remember(sequence: number): void {
    this.#missing.delete(sequence)
    this.#delivered.add(sequence)
    const [oldest] = this.#delivered
    if (this.#delivered.size > maxRemembered && oldest !== undefined) this.#delivered.delete(oldest)
  }

  /** Those that come after they were given up, and those that follow one another from the next on. */
  #take(): Waiting[] {
    const ready = this.#takeLate()
    while (ready.length < this.#options.batchSize && this.#next !== undefined) {
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

  /** Goes on without a number that did not come, if it is still the one that is missing. */
  #skip(missing: number | undefined): void {
    this.#isWaiting = false
    if (this.#waiting.size === 0 || missing === undefined || this.#next !== missing) {
      return void this.#run()
    }
    const later = [...this.#waiting.keys()].filter((number) => number > missing)
    if (later.length === 0) return void this.#run()
    this.#next = Math.min(...later)
    // After a longer leap the numbers began anew: nothing is missing.
    const length = this.#next - missing
    const skipped = Array.from(
      { length: length > maxRemembered ? 0 : length },
      (_, n) => missing + n,
    ).filter((number) => !this.#delivered.has(number))
    for (const number of skipped) this.#missing.add(number)
    setTimeout(() => this.#giveUp(skipped), lossTimeoutMilliseconds)
    void this.#run()
  }

  #giveUp(skipped: readonly number[]): void {
    const lost = skipped.filter((number) => this.#missing.delete(number))
    if (lost.length > 0) this.#options.onGap()
  }
}

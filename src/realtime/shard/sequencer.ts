import type { Publication } from '#platform/realtime.ts'

/** The time to wait for a missing number while later ones are there. */
const gapTimeoutMilliseconds = 1000
/** The time after which a missing number counts as lost. */
const lossTimeoutMilliseconds = 10_000
/** Remembered numbers, so that what is sent twice is delivered once. */
const maxRemembered = 1000

/** A publication waiting for delivery, and the callers that wait for it. */
interface Waiting {
  readonly publication: Publication
  readonly done: () => void
}

/** Options of a sequencer. */
export interface SequencerOptions {
  /** Delivers publications in order. */
  readonly deliver: (publications: readonly Publication[]) => Promise<void>
  /** Called when a publication is lost. */
  readonly onGap: () => void
  /** Maximum publications per delivery. */
  readonly batchSize: number
}

/**
 * Puts publications in order. Workers publish independently; one that ended before publishing
 * delays the others for a second.
 */
export class Sequencer {
  readonly #options: SequencerOptions
  readonly #waiting = new Map<number, Waiting>()
  /** Delivered numbers, newest last. */
  readonly #delivered = new Set<number>()
  /** Numbers that others did not wait for. */
  readonly #missing = new Set<number>()
  #next: number | undefined
  #isDelivering = false
  #isWaiting = false

  constructor(options: SequencerOptions) {
    this.#options = options
  }

  /** Resolves once this publication is delivered. */
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

  /** Starts again with any next number. */
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

  /**
   * Takes publications that arrived after their timeout, and those that follow the last number
   * without a gap.
   */
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

  /** Continues without a number that is still missing. */
  #skip(missing: number | undefined): void {
    this.#isWaiting = false
    if (this.#waiting.size === 0 || missing === undefined || this.#next !== missing) {
      return void this.#run()
    }
    const later = [...this.#waiting.keys()].filter((number) => number > missing)
    if (later.length === 0) return void this.#run()
    this.#next = Math.min(...later)
    // After a large jump the numbers have restarted, so nothing is missing.
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

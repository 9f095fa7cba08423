/** Lets one writer at a time run, among all that share it. */
export interface WriterTurns {
  /** Calls back when it is this writer's turn: at once if no other one runs. */
  take(run: () => void): void
  /** Ends the turn. */
  end(): void
}

/** The turns of a writer that is alone. */
export const onlyWriter: WriterTurns = { take: (run) => run(), end: () => undefined }

/** A write that waits. */
export interface QueuedWrite {
  /** The number of its statements. */
  readonly size: number
  /** True if it must have a transaction of its own. */
  readonly isAlone: boolean
}

/** The statements of a group. More would let its first write wait for its last. */
const maxGroupSize = 250
/** A write with more statements takes as long as a group, and saves little in one. */
const maxGroupedSize = 50

/** Captured, because tests replace the clock of their process. */
const { setImmediate: afterPoll } = globalThis

/**
 * The writes of a thread in their order. Small ones that arrive together, or while another thread writes, are run
 * as one group. A large one runs as soon as it can, because one that waits takes memory.
 */
export class WriteQueue<Write extends QueuedWrite> {
  readonly #turns: WriterTurns
  readonly #run: (group: readonly Write[]) => void
  #waiting: Write[] = []
  #isAboutToAsk = false
  #hasAsked = false

  /** @param run runs a group, and must not throw */
  constructor(turns: WriterTurns, run: (group: readonly Write[]) => void) {
    this.#turns = turns
    this.#run = run
  }

  add(write: Write): void {
    this.#waiting.push(write)
    if (canJoin(write)) this.#askAfterPoll()
    else this.#ask()
  }

  /** Asks for a turn once all requests that have arrived are planned. */
  #askAfterPoll(): void {
    if (this.#isAboutToAsk) return
    this.#isAboutToAsk = true
    afterPoll(() => {
      this.#isAboutToAsk = false
      this.#ask()
    })
  }

  #ask(): void {
    if (this.#hasAsked || this.#waiting.length === 0) return
    this.#hasAsked = true
    this.#turns.take(() => this.#takeTurn())
  }

  #takeTurn(): void {
    this.#hasAsked = false
    try {
      this.#run(this.#nextGroup())
    } finally {
      this.#turns.end()
    }
    const [next] = this.#waiting
    if (next === undefined) return
    if (canJoin(next)) this.#askAfterPoll()
    else this.#ask()
  }

  #nextGroup(): Write[] {
    const [first] = this.#waiting
    let size = 0
    const end = this.#waiting.findIndex((write, at) => {
      size += write.size
      return at > 0 && (!canJoin(write) || size > maxGroupSize)
    })
    const count = first === undefined || !canJoin(first) ? 1 : end
    return this.#waiting.splice(0, count === -1 ? this.#waiting.length : count)
  }
}

function canJoin({ isAlone, size }: QueuedWrite): boolean {
  return !isAlone && size <= maxGroupedSize
}

/**
 * A cache that keeps the values used last, by text. It has two generations: what is used moves to the
 * young one, and a full young one takes the place of the old one. That is cheaper than an exact order.
 */
export class StatementCache<T> {
  #young = new Map<string, T>()
  #old = new Map<string, T>()
  readonly #generationSize: number

  /** @param generationSize the cache holds up to twice as many */
  constructor(generationSize: number) {
    this.#generationSize = generationSize
  }

  get(text: string): T | undefined {
    const young = this.#young.get(text)
    if (young !== undefined) return young
    const old = this.#old.get(text)
    if (old !== undefined) this.set(text, old)
    return old
  }

  set(text: string, value: T): void {
    if (this.#young.size >= this.#generationSize) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(text, value)
  }
}

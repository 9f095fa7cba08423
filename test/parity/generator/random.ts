/** A stream of random choices determined by a seed. Not for secrets. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** A number of at least 0 and less than 1. @see https://github.com/bryc/code (mulberry32) */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1))
  }

  /** Returns true with this probability. */
  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** One of the choices. @throws RangeError if there are none. */
  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.between(0, choices.length - 1)]
    if (choice === undefined) throw new RangeError('There is nothing to pick from.')
    return choice
  }

  /** One of the choices, with a probability by weight. */
  weighted<T>(choices: readonly (readonly [weight: number, choice: T])[]): T {
    const total = choices.reduce((sum, [weight]) => sum + weight, 0)
    let point = this.next() * total
    for (const [weight, choice] of choices) {
      point -= weight
      if (point < 0) return choice
    }
    throw new RangeError('There is nothing to pick from.')
  }

  /** Some of the choices in random order, at most this many. */
  some<T>(choices: readonly T[], most = choices.length): T[] {
    const rest = [...choices]
    const count = this.between(0, Math.min(most, rest.length))
    return Array.from({ length: count }, () =>
      rest.splice(this.between(0, rest.length - 1), 1),
    ).flat()
  }

  /** Creates this many values. */
  many<T>(count: number, make: (position: number) => T): T[] {
    return Array.from({ length: count }, (_, i) => make(i))
  }
}

/** The seed of one part of a run, so that it can be repeated by itself. */
export function seedOf(seed: number, part: number): number {
  return (Math.imul(seed, 0x9e3779b1) ^ Math.imul(part + 1, 0x85ebca6b)) >>> 0
}

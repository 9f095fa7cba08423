import type { Answer, WireRequest } from './client.ts'
import type { Difference } from './compare.ts'
import type { ListedDifference, Place } from './listed-differences.ts'

/** A request that was answered by both, and what is known of it. */
export interface Exchange {
  /** The area of the corpus, or the generator. */
  readonly area: string
  readonly place: Place
  /** The way to reproduce it: arguments of the run, and the step. */
  readonly again: string
  readonly note?: string
  readonly as: string
  readonly wire: WireRequest
  readonly left: Answer
  readonly right: Answer
}

/** Maximum differences of one kind printed in full. */
const shownPerKind = 3

/** Counts, prints as it goes, and sums up at the end. */
export class Report {
  readonly #listed: readonly ListedDifference[]
  readonly #names: readonly [string, string]
  readonly #isVerbose: boolean
  readonly #requests = new Map<string, number>()
  readonly #unlisted = new Map<string, number>()
  readonly #hits = new Map<string, number>()
  readonly #kinds = new Map<string, number>()
  readonly #faults: string[] = []

  constructor(
    names: readonly [string, string],
    listed: readonly ListedDifference[],
    options: { verbose: boolean },
  ) {
    this.#names = names
    this.#listed = listed
    this.#isVerbose = options.verbose
  }

  /** All requests so far. */
  get requests(): number {
    return sum(this.#requests)
  }

  /** True if there are no unlisted differences. */
  get isClean(): boolean {
    return this.#unlisted.size === 0 && this.#faults.length === 0
  }

  /** Counts an exchange and sorts its differences into listed and not. Gives those not listed. */
  add(exchange: Exchange, differences: readonly Difference[]): readonly Difference[] {
    increment(this.#requests, exchange.area)
    if (this.#isVerbose) {
      const { wire, left, right } = exchange
      console.log(`  ${exchange.as}: ${wire.method} ${wire.path} ${left.status} ${right.status}`)
    }
    const unlisted = differences.filter((difference) => {
      const entry = this.#listed.find((candidate) => candidate.covers(exchange.place, difference))
      if (entry !== undefined) increment(this.#hits, entry.id)
      return entry === undefined
    })
    if (unlisted.length > 0) this.#print(exchange, unlisted)
    return unlisted
  }

  /** Notes something wrong with the run itself. */
  fault(text: string): void {
    this.#faults.push(text)
    console.log(`! ${text}`)
  }

  /** A line of progress. */
  progress(text: string): void {
    console.log(text)
  }

  /** Prints the closing summary. */
  summarise(milliseconds: number): void {
    const lines = ['', `${this.requests} requests in ${Math.round(milliseconds / 1000)} s`]
    for (const [area, count] of [...this.#requests].toSorted(byName)) {
      const found = this.#unlisted.get(area) ?? 0
      lines.push(
        `  ${area.padEnd(24)} ${String(count).padStart(6)} requests  ${String(found).padStart(5)} differences`,
      )
    }
    lines.push('Listed differences (docs/differences.md)')
    for (const { id } of this.#listed) {
      const hits = this.#hits.get(id) ?? 0
      lines.push(`  ${id.padEnd(32)} ${hits === 0 ? 'not seen' : `${hits} times`}`)
    }
    if (this.#kinds.size > 0) lines.push('Unlisted differences, by kind')
    for (const [kind, count] of [...this.#kinds].toSorted(([, a], [, b]) => b - a)) {
      lines.push(`  ${String(count).padStart(5)}  ${kind}`)
    }
    lines.push(
      this.isClean
        ? 'No unlisted difference.'
        : `${sum(this.#unlisted)} answers with unlisted differences, ${this.#faults.length} faults.`,
    )
    console.log(lines.join('\n'))
  }

  #print(exchange: Exchange, differences: readonly Difference[]): void {
    increment(this.#unlisted, exchange.area)
    const kind = kindOf(exchange, differences[0])
    increment(this.#kinds, kind)
    if (!this.#isVerbose && (this.#kinds.get(kind) ?? 0) > shownPerKind) return

    const { wire, left, right } = exchange
    const readable = decodeForReading(wire.path)
    const lines = [
      '',
      `≠ ${exchange.place.scenario}`,
      `  ${wire.method} ${wire.path}  as ${exchange.as}`,
      ...(readable === wire.path ? [] : [`  ${readable}`]),
      ...(wire.body === ''
        ? []
        : [`  ${wire.headers['content-type'] ?? ''} ${shorten(wire.body)}`]),
      `  ${this.#names[0].padEnd(12)} ${left.status} ${shorten(left.text.trim())}`,
      `  ${this.#names[1].padEnd(12)} ${right.status} ${shorten(right.text.trim())}`,
      ...differences
        .slice(0, 8)
        .map(
          ({ kind: type, at, left: a, right: b }) =>
            `  - ${type} ${at}: ${shorten(a)} | ${shorten(b)}`,
        ),
      ...(differences.length > 8 ? [`  - and ${differences.length - 8} more`] : []),
      ...(exchange.note === undefined ? [] : [`  ${exchange.note}`]),
      `  again: npm run parity -- ${exchange.again}`,
    ]
    console.log(lines.join('\n'))
  }
}

/** The key of similar differences: the route, the statuses, the path without indexes. */
function kindOf(exchange: Exchange, difference: Difference | undefined): string {
  const route = exchange.place.path
    .split('/')
    .map((part, i) => (i === 3 && part !== 'meta' && part !== 'import' ? '*' : part))
    .map((part, i) => (i === 5 ? '*' : part))
    .join('/')
  const at = (difference?.at ?? '').replaceAll(/\[[^\]]*\]/g, '[]')
  const values = difference?.kind === 'status' ? `${difference.left} | ${difference.right}` : at
  return `${exchange.area}: ${exchange.place.method} ${route}  ${difference?.kind} ${values}`
}

function byName([a]: readonly [string, number], [b]: readonly [string, number]): number {
  return a.localeCompare(b)
}

function decodeForReading(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

function shorten(text: string): string {
  return text.length > 600 ? `${text.slice(0, 600)}… (${text.length})` : text
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0)
}

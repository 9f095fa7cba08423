import { sql } from 'drizzle-orm'
import { Slot } from './statement.ts'
import type { Answer, Value } from './value.ts'

/**
 * Hands out the values of a request while a plan is compiled for all requests like it. There is no
 * other way to them, so a compiled plan cannot keep one by mistake: a value is bound as a slot, an
 * answer is recorded and checked before the plan serves another request, and a plan that was shown
 * the values themselves serves no other request.
 */
export class PlanInput<V> {
  readonly #values: V
  readonly #answers = new Map<(values: V) => Answer, Answer>()
  #isRevealed = false

  constructor(values: V) {
    this.#values = values
  }

  /** A value of each request that runs the plan. */
  open<T>(read: (values: V) => T): Value<T> {
    return {
      get sql() {
        return sql`${new Slot(read)}`
      },
      map: (change) => this.open((values) => change(read(values))),
      ask: (question) => this.ask((values) => question(read(values))),
    }
  }

  /** Asks what the plan depends on. */
  ask<A extends Answer>(question: (values: V) => A): A {
    const answer = question(this.#values)
    this.#answers.set(question, answer)
    return answer
  }

  /** The values of this request. A plan made from them serves no other. */
  reveal(): V {
    this.#isRevealed = true
    return this.#values
  }

  /** The test for requests that the plan serves; undefined if it serves this one only. */
  test(): ((values: V) => boolean) | undefined {
    if (this.#isRevealed) return undefined
    const answers = [...this.#answers]
    return (values) => answers.every(([question, answer]) => Object.is(question(values), answer))
  }
}

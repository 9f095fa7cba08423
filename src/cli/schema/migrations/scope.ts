import { BeyondError, ScriptError, type Value } from './script-value.ts'

/** The variables of a block, with those around it. */
export class Scope {
  readonly #parent: Scope | undefined
  readonly #values = new Map<string, Value>()
  /** Variables whose statement was skipped. */
  readonly #unknown = new Set<string>()

  constructor(parent?: Scope) {
    this.#parent = parent
  }

  declare(name: string, value: Value): void {
    this.#unknown.delete(name)
    this.#values.set(name, value)
  }

  /** Declares a variable whose value is not known. What reads it is skipped as well. */
  declareUnknown(name: string): void {
    this.#unknown.add(name)
  }

  /** @throws {BeyondError} For a name that is not known. */
  read(name: string): Value {
    const scope = this.#holder(name)
    if (scope === undefined) throw new BeyondError(`${name} is not known`)
    return scope.#values.get(name)
  }

  assign(name: string, value: Value): void {
    const scope = this.#holder(name)
    if (scope === undefined) throw new ScriptError(`${name} is not defined.`)
    scope.#values.set(name, value)
  }

  #holder(name: string): Scope | undefined {
    if (this.#unknown.has(name)) return undefined
    if (this.#values.has(name)) return this
    return this.#parent === undefined ? undefined : this.#parent.#holder(name)
  }
}

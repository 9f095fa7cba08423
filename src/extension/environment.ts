/*
 * The environment of an application: its own bindings and variables, checked once.
 */
import { pathOf, readBy, type StandardSchema } from './tasks/standard-schema.ts'

/**
 * The types that an application registers. Declare `env` in it, and `arete.env` has that type:
 *
 *     declare module 'arete' {
 *       interface Register { env: z.output<typeof env> }
 *     }
 */
// oxlint-disable-next-line typescript/no-empty-object-type -- applications add to it
export interface Register {}

/** The checked environment of an application. */
export type Env = Register extends { readonly env: infer Registered }
  ? Registered
  : Readonly<Record<string, unknown>>

/** Variables that are missing or wrong. Names only: the values may be secrets. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError'
}

/** The environment of one application in one process or isolate. */
export class Environment {
  readonly #schema: StandardSchema<unknown, unknown> | undefined
  readonly #source: () => Readonly<Record<string, unknown>>
  #checking: Promise<void> | undefined
  #value: unknown

  constructor(
    schema: StandardSchema<unknown, unknown> | undefined,
    source: () => Readonly<Record<string, unknown>>,
  ) {
    this.#schema = schema
    this.#source = source
  }

  /** True if there is nothing to check. */
  get isEmpty(): boolean {
    return this.#schema === undefined
  }

  /** The values that the schema returns. Empty without a schema. */
  get value(): Env {
    if (this.#schema === undefined) return {}
    if (this.#value === undefined) throw new EnvironmentError('The environment is not checked yet.')
    return this.#value as Env
  }

  /**
   * Checks the environment, once.
   *
   * @throws {EnvironmentError} Names every variable that is missing or wrong, without its value.
   */
  check(): Promise<void> {
    return (this.#checking ??= this.#check())
  }

  async #check(): Promise<void> {
    if (this.#schema === undefined) return
    const source = this.#source()
    const read = await readBy(this.#schema, { ...source })
    if (read.issues === undefined) {
      this.#value = read.value
      return
    }
    // The messages of a library may quote the value.
    const names = new Set(read.issues.map((issue) => pathOf(issue).split('.')[0] ?? ''))
    const faults = [...names].map((name) => {
      if (name === '') return 'it is not as a whole what its schema asks for'
      return source[name] === undefined ? `${name} is missing` : `${name} is invalid`
    })
    throw new EnvironmentError(`The environment of the application is wrong: ${faults.join(', ')}.`)
  }
}

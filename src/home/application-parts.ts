/** The parts of an application, as superusers see them. */
export interface ApplicationParts {
  /** The names of the collections that it defines. */
  readonly collections: readonly string[]
  readonly routes: readonly { readonly method: string; readonly path: string }[]
  /** The kinds of hooks by collection; `*` stands for every collection. */
  readonly hooks: Readonly<Record<string, readonly string[]>>
  /** The names of the tasks. */
  readonly tasks: readonly string[]
  readonly crons: readonly { readonly id: string; readonly expression: string }[]
}

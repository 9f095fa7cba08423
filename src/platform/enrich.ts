/*
 * The hooks of an application that change records as they are shown. Every part that shows records
 * knows them by these types only.
 */

/**
 * Changes a record for a viewer, in place. Never throws: of a record whose hook fails, nothing is left
 * to see but its id.
 */
export type Enrich = (record: Record<string, unknown>, viewer: Viewer) => void

/** The client that a record is shown to. */
export interface Viewer {
  /** As `@request.context` in rules. */
  readonly context: string
  readonly isSuperuser: boolean
  /** The account; undefined for a guest. Its id is an expression only where nothing is shown. */
  readonly auth:
    | { readonly id: string | object; readonly collection: { readonly name: string } }
    | undefined
}

/** Finds the hooks for a collection; undefined if there are none. */
export type EnrichOf = (collection: {
  readonly id: string
  readonly name: string
}) => Enrich | undefined

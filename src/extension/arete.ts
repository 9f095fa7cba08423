/** Arete as a request of the application sees it: `c.var.arete`. */
export interface Arete {
  readonly caller: RequestCaller
}

/** The client of a request. */
export interface RequestCaller {
  /**
   * The account; undefined for a guest, and until the database has confirmed the token. `requireAuth`
   * and `requireSuperuser` confirm it.
   */
  readonly account: CallerAccount | undefined
}

/** A confirmed account. */
export interface CallerAccount {
  readonly id: string
  /** The name of its collection. */
  readonly collection: string
  readonly isSuperuser: boolean
}

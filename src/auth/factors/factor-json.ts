import type { StoredTotp } from '#database/second-factors.ts'

/** A second factor in the response to its owner. */
export interface FactorItem {
  readonly id: string
  readonly type: 'totp'
  readonly name: string
  /** False until a code was entered. Such a factor is not asked for, and expires. */
  readonly confirmed: boolean
  /** True for a factor that is synchronised between devices; false if that is not known. */
  readonly synced: boolean
  readonly created: string
  /** Empty if it was never used. */
  readonly lastUsed: string
}

/** The public form of an authenticator: without its seed. */
export function factorItem({ id, name, isConfirmed, created, lastUsed }: StoredTotp): FactorItem {
  return { id, type: 'totp', name, confirmed: isConfirmed, synced: false, created, lastUsed }
}

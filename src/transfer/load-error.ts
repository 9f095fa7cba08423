/**
 * A load failed for a reason that the user must know, which the message states. The deployment has
 * not changed.
 */
export class LoadError extends Error {
  override readonly name = 'LoadError'
}

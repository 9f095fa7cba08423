/**
 * A load that cannot go on for a reason somebody should know, as the message says it. Nothing of the
 * deployment has changed.
 */
export class LoadError extends Error {
  override readonly name = 'LoadError'
}

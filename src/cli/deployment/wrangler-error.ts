/** wrangler failed; the message is its output. */
export class WranglerError extends Error {
  override readonly name = 'WranglerError'
}

/**
 * Calls `remove` when the process ends, except by SIGKILL. `remove` must be synchronous. Returns a
 * function that cancels the call.
 */
export function atExit(remove: () => void): () => void {
  process.once('exit', remove)
  return () => process.off('exit', remove)
}

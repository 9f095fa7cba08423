/**
 * Has something removed however the process ends, save by a kill; what it does is done before it
 * returns. Gives what takes this back.
 */
export function atExit(remove: () => void): () => void {
  process.once('exit', remove)
  return () => process.off('exit', remove)
}

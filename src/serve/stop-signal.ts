/**
 * Resolves at the first SIGINT, SIGTERM or SIGHUP. A second one ends the process at once.
 *
 * npm does not pass signals on to the process of a script. When npm exits, this process gets another
 * parent, which counts as a signal.
 */
export function firstStopSignal(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let isStopping = false
  const stop = (): void => {
    if (isStopping) process.exit(1)
    isStopping = true
    resolve()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  if (process.env['npm_lifecycle_event'] !== undefined) watchParent(resolve)
  return promise
}

const watchMilliseconds = 500

function watchParent(gone: () => void): void {
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid !== parent) gone()
  }, watchMilliseconds)
  watch.unref()
}

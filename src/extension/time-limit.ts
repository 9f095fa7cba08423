/** Something took longer than it may. */
export class HookTimeout extends Error {
  override readonly name = 'HookTimeout'
}

/**
 * Awaits work for some time. The work itself cannot be stopped.
 *
 * @throws {HookTimeout}
 */
export async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => reject(new HookTimeout(`It took longer than ${milliseconds} ms.`)),
    Math.max(milliseconds, 0),
  )
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Logs the failure of a hook, a task or a job of the application. Its values may be personal data. */
export function logHook(name: string, error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : typeof error
  // oxlint-disable-next-line no-console -- clients do not learn the reason
  console.error({ hook: name, error: text })
}

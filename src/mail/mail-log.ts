/** The details of a log line about mails. */
interface Details {
  readonly error?: unknown
  readonly [name: string]: unknown
}

/** Logs the outcome of mails. Addresses are removed from error messages. */
export function logMail(
  level: 'warn' | 'error',
  message: string,
  { error, ...details }: Details,
): void {
  const reason = error === undefined ? {} : { reason: withoutAddresses(wordsOf(error)) }
  // oxlint-disable-next-line no-console -- there is no response to report it in
  console[level]({ mail: message, ...details, ...reason })
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function withoutAddresses(text: string): string {
  return text.replace(/[^\s<>"'(),:;]+@[^\s<>"'(),:;]+/g, '[address]')
}

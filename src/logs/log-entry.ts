/** Log levels; entries below `settings.logs.minLevel` are left out. */
export const logLevels = { debug: -4, info: 0, warn: 4, error: 8 } as const

/** A log entry. */
export interface LogEntry {
  readonly id: string
  readonly level: number
  readonly message: string
  /** More details, with keys in alphabetical order. */
  readonly data: Readonly<Record<string, unknown>>
  /** In the format of {@link formatDate}. */
  readonly created: string
}

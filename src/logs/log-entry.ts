/** Log levels; entries below `settings.logs.minLevel` are left out. */
export const logLevels = { debug: -4, info: 0, warn: 4, error: 8 } as const

/** Something that happened. */
export interface LogEntry {
  readonly id: string
  readonly level: number
  readonly message: string
  /** Further facts; the keys stand in alphabetical order. */
  readonly data: Readonly<Record<string, unknown>>
  /** As {@link formatDate} writes it. */
  readonly created: string
}

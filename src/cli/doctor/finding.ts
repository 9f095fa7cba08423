/** The weight of a finding: a problem breaks something or exposes it, a warning may. */
export type Level = 'ok' | 'warning' | 'problem'

/** The result of one check. */
export interface Finding {
  /** Stable, for scripts that read the JSON. */
  readonly id: string
  readonly level: Level
  readonly message: string
  /** The way to mend it. */
  readonly fix?: string
}

/** The findings about one place: the project, or a deployment. */
export interface Examination {
  readonly place: string
  readonly findings: readonly Finding[]
}

/** A finding of something that is right. */
export function fine(id: string, message: string): Finding {
  return { id, level: 'ok', message }
}

/** A finding of something that may go wrong. */
export function warning(id: string, message: string, fix: string): Finding {
  return { id, level: 'warning', message, fix }
}

/** A finding of something that is wrong. */
export function problem(id: string, message: string, fix: string): Finding {
  return { id, level: 'problem', message, fix }
}

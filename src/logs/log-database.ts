import type { Bindings } from '#http/app-env.ts'
import type { Database } from '#platform/bindings.ts'

/** The database for log entries: a separate one if it is bound, otherwise the main database. */
export function logDatabase({ LOGS, DB }: Pick<Bindings, 'LOGS' | 'DB'>): Database {
  return LOGS ?? DB
}

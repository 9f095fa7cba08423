import type { Bindings } from '#http/app-env.ts'
import type { Database } from '#platform/bindings.ts'

/** Where entries are kept: in a database of their own if one is bound, else with everything else. */
export function logDatabase({ LOGS, DB }: Pick<Bindings, 'LOGS' | 'DB'>): Database {
  return LOGS ?? DB
}

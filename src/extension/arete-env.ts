import type { Bindings } from '#http/app-env.ts'
import type { Arete } from './arete.ts'

/** The Hono environment of an application's routes. */
export interface AreteEnv {
  Bindings: Bindings
  Variables: {
    /** Identifies the request, also in the answer's `X-Request-Id` and in the log. */
    requestId: string
    arete: Arete
  }
}

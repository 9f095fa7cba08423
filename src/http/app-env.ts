import type {
  Assets,
  Background,
  Bucket,
  Database,
  KeyValueStore,
  RawDatabase,
  WakeUpQueue,
} from '#platform/bindings.ts'
import type { Passwords } from '#platform/passwords.ts'
import type { RawBody } from '#http/body/raw-body.ts'
import type { RequestUse } from './server-timing.ts'

/** The bindings and variables of a deployment (`wrangler.toml`). */
export interface Bindings {
  readonly DB: Database & RawDatabase
  /** Stores the logs, if they are to be kept apart from the records. */
  readonly LOGS?: Database
  readonly SESSIONS: KeyValueStore
  /** Uploaded files, under the id of their collection, and backups, under `@backups/`. */
  readonly FILES: Bucket
  /** The files in `public/`, including the dashboard's. */
  readonly ASSETS?: Assets
  /** Writes and restores backups. */
  readonly BACKUPS?: unknown
  /** Wakes a run that delivers events beyond the first six; without it the next minute does. */
  readonly EVENTS?: WakeUpQueue
  /** Holds the connections of realtime. */
  readonly REALTIME?: unknown
  /** Resizes pictures; without it there are no thumbnails. */
  readonly IMAGES?: unknown
  /** Seals the secrets in the settings; without it none can be stored. */
  readonly SETTINGS_KEY?: string
  /** The previous key. Needed until nothing is sealed with it any more. */
  readonly SETTINGS_KEY_PREVIOUS?: string
  /** `test` makes password hashing cheap; absent from every deployment. */
  readonly PASSWORD_COST?: string
  /** True if the server itself names the client's address in the header that Cloudflare sets. */
  readonly STATES_ADDRESS?: boolean
  /** `1` keeps mails in an inbox instead of sending them. Only `npm start` sets it. */
  readonly LOCAL_INBOX?: string
}

/**
 * The services of one request: `c.get('services')`. Each is made when it is first asked for.
 * Capabilities above `http` add theirs to this interface. They are getters, so do not spread it.
 */
export interface RequestServices {
  /** The database, its round trips counted. */
  readonly db: Database
  /** The session store, its calls counted. */
  readonly sessions: KeyValueStore
  /** The round trips and rows of the request so far. */
  readonly use: RequestUse
  readonly background: Background
  readonly passwords: Passwords
}

/** Variables that middleware sets for handlers. Read with `c.get`, since `c.var` copies them all. */
export interface Variables {
  requestId: string
  services: RequestServices
  /** The headers of every response, which a route may replace in its own. */
  headers: Record<string, string>
  /** A response that has all of them. Another that replaces it may lack some. */
  answered: Response | undefined
  /** Maximum bytes of the route's body. The default is the maximum of a form. */
  bodyLimitBytes: number | undefined
  /** The body, once it was requested. Its stream can be read only once. */
  rawBody: Promise<RawBody> | undefined
}

/** The Hono environment of every route. */
export interface AppEnv {
  Bindings: Bindings
  Variables: Variables
}

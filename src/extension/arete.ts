import type { BatchWriter, Transaction } from './batch.ts'
import type { AreteRecord, Records } from './records.ts'
import type { Env } from './environment.ts'
import type { Files } from './services/files.ts'
import type { Mails } from './services/mail.ts'
import type { AreteSettings } from './services/settings.ts'
import type { Tasks } from './tasks/create-tasks.ts'

/** Arete as the code of an application sees it, whatever runs the code. */
export interface AreteCore extends RecordScope {
  /** The time at which the request or the job began. */
  readonly now: Date
  /** The environment that the schema in `env` of the application returns. */
  readonly env: Env
  readonly tasks: Tasks
  readonly mail: Mails
  readonly files: Files
  readonly settings: AreteSettings
  /**
   * Runs a function that reads records by id and writes, as one transaction. If what it has read
   * changes before its end, it runs again, up to five times.
   */
  transact<T>(run: (tx: Transaction) => Promise<T>): Promise<T>
  /** Acts as an account, with its access, but without a session. */
  as(account: { readonly collection: string; readonly id: string }): RecordScope
}

/** Someone's access to records. The deployment passes every rule and sees hidden fields. */
export interface RecordScope {
  /** The records of a collection, by its name or id. */
  records(collection: string): Records
  /**
   * Writes in one transaction, at most 200 steps, and returns the written records in order;
   * undefined for a deletion.
   */
  batch(collect: (tx: BatchWriter) => void | Promise<void>): Promise<(AreteRecord | undefined)[]>
}

/** Arete as a request of the application sees it: `c.var.arete`. */
export interface Arete extends AreteCore {
  readonly caller: RequestCaller
}

/** The client of a request, with its access, exactly as over HTTP. */
export interface RequestCaller extends RecordScope {
  /**
   * The account; undefined for a guest, and until the database has confirmed the token. `requireAuth`
   * and `requireSuperuser` confirm it.
   */
  readonly account: CallerAccount | undefined
}

/** A confirmed account. */
export interface CallerAccount {
  readonly id: string
  /** The name of its collection. */
  readonly collection: string
  readonly isSuperuser: boolean
}

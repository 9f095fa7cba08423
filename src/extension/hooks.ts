/*
 * The hooks of an application, as it writes them.
 */
import type { AreteCore, CallerAccount } from './arete.ts'
import type { BatchWriter } from './batch.ts'
import type { BeforeDownloadEvent } from './downloading/download-hooks.ts'
import type { BeforeListEvent, BeforeViewEvent } from './reading/read-events.ts'
import type { AreteRecord, Records } from './records.ts'
import type { SchemaChangeEvent } from './schema-changes/schema-changes.ts'
import type { EnrichEvent } from './showing/enrich.ts'
import type { AfterAuthEvent, BeforeAuthEvent } from './signing-in/sign-in-events.ts'
import type { BeforeSubscribeEvent } from './subscribing/subscribe-hooks.ts'

/** The hooks for a collection. Several of one kind run in the order given. */
export interface CollectionHooks extends FurtherHooks {
  readonly beforeCreate?: OneOrMore<BeforeHook<BeforeWriteEvent>>
  readonly beforeUpdate?: OneOrMore<BeforeHook<BeforeChangeEvent>>
  readonly beforeDelete?: OneOrMore<BeforeHook<BeforeChangeEvent>>
  readonly afterCreate?: OneOrMore<AfterHook | DurableHook>
  readonly afterUpdate?: OneOrMore<AfterHook | DurableHook>
  readonly afterDelete?: OneOrMore<AfterHook | DurableHook>
}

/** The hooks that are not about writes. */
export interface FurtherHooks {
  /** Runs while a list is planned, and narrows or refuses it. */
  readonly beforeList?: OneOrMore<BeforeHook<BeforeListEvent>>
  /** Runs while a view is planned, and narrows or refuses it. */
  readonly beforeView?: OneOrMore<BeforeHook<BeforeViewEvent>>
  /**
   * Runs before an account signs in, when the password, code or provider has been checked, and before a
   * token is renewed. Refuses, or adds a condition on the account.
   */
  readonly beforeAuth?: OneOrMore<BeforeHook<BeforeAuthEvent>>
  /** Runs after a sign-in or a renewal, and adds to `meta` of its answer. Its failure is logged. */
  readonly afterAuth?: OneOrMore<(e: AfterAuthEvent, arete: AreteCore) => void | Promise<void>>
  /** Runs when a client subscribes to topics of the collection. Drops some, or refuses. */
  readonly beforeSubscribe?: OneOrMore<BeforeHook<BeforeSubscribeEvent>>
  /** Runs before a file is sent, once its rule holds. Refuses, or redirects. */
  readonly beforeDownload?: OneOrMore<BeforeHook<BeforeDownloadEvent>>
  /** Runs after a change of the collection itself. Its failure is logged. */
  readonly onSchemaChange?: OneOrMore<
    (e: SchemaChangeEvent, arete: AreteCore) => void | Promise<void>
  >
  /**
   * Changes each record as it is shown: in answers, expanded, in realtime and in webhooks. Sets or
   * deletes members; must not wait for anything.
   */
  // oxlint-disable-next-line typescript/no-explicit-any -- the values of a collection's fields
  readonly enrich?: OneOrMore<(record: Record<string, any>, e: EnrichEvent) => void>
}

export type OneOrMore<T> = T | readonly T[]

/**
 * Runs while a write is planned, maybe more than once, and for writes that their rule will refuse. Its
 * only effects are changes of `e.data`, steps of `e.batch`, and the refusal that it throws.
 */
export type BeforeHook<E> = (e: E) => void | Promise<void>

/** Runs after the commit and after the answer. Its failure is logged. */
export type AfterHook = (e: AfterEvent, arete: AreteCore) => void | Promise<void>

/** Runs after the commit at least once, and again for three days while it fails. */
export interface DurableHook {
  readonly kind: 'durable'
  readonly name: string
  readonly run: AfterHook
}

/**
 * A hook that must not be lost: it is stored in the batch of the write, and runs again until it
 * succeeds. It has to be idempotent by `e.id`.
 *
 * @param name names its deliveries, so it must not change while some wait
 */
export function durable(name: string, run: AfterHook): DurableHook {
  if (!/^\w[\w-]*$/.test(name)) throw new Error(`"${name}" is not a name of a durable hook.`)
  return { kind: 'durable', name, run }
}

/** A write, before it happens. */
export interface BeforeWriteEvent {
  readonly action: 'create' | 'update' | 'delete'
  /** The name of the collection. */
  readonly collection: string
  /** The id of the record. */
  readonly id: string
  /**
   * The submitted values by field, without passwords. A value that a hook sets is validated, and
   * stored even in a hidden field. The rule judges what the client has sent.
   */
  // oxlint-disable-next-line typescript/no-explicit-any -- the values of a collection's fields
  readonly data: Record<string, any>
  /** The uploaded files. Their names are values of `data`. */
  readonly files: readonly HookFile[]
  /** The account that writes; undefined for a guest and for the deployment itself. */
  readonly caller: CallerAccount | undefined
  /** The time of the write. */
  readonly now: Date
  /** A random number from 0 to 1, the same whenever the hook runs for this write. */
  random(): number
  /** Writes of the deployment in the same transaction, after this one. */
  readonly batch: BatchWriter
  /** Reads records as the deployment. */
  read(collection: string): Pick<Records, 'list' | 'first' | 'get' | 'count'>
  /** Returns whether the rule lets the write happen, for hooks that cost something. 1 trip. */
  allowed(): Promise<boolean>
}

/** A write of a record that exists. */
export interface BeforeChangeEvent extends BeforeWriteEvent {
  /**
   * The record before the write, with hidden fields; undefined if it does not exist. The write is
   * planned again if the record changes before it. 1 trip.
   */
  stored(): Promise<AreteRecord | undefined>
}

/** An uploaded file. */
export interface HookFile {
  readonly field: string
  /** The name that it is stored under. */
  readonly name: string
  /** The client's name for it. */
  readonly originalName: string
  readonly sizeBytes: number
  /** Detected from its content. */
  readonly contentType: string
  /** Its first bytes, at most 4096. */
  readonly head: Uint8Array
}

/** A change that has been committed. */
export interface AfterEvent {
  /** Identifies the change. A durable hook sees it again when it is repeated. */
  readonly id: string
  readonly action: 'create' | 'update' | 'delete'
  /** The name of the collection. */
  readonly collection: string
  /**
   * The record after the change, or before its deletion, with hidden fields and without password and
   * token key. Only its id if it is too large to be kept for a durable hook.
   */
  readonly record: AreteRecord
  /** The record before an update. */
  readonly previous: AreteRecord | undefined
  /** The names of the fields that an update has changed. */
  readonly changed: readonly string[]
  /** The account that wrote; undefined for a guest and for the deployment itself. */
  readonly caller: Pick<CallerAccount, 'id' | 'collection'> | undefined
}
